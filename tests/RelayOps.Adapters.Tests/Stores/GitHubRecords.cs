using System.Security.Cryptography;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

internal static class GitHubRecords
{
    public static CatalogueRecord Of(BackupId id, byte[] content, string extension = ".tar.gz") => new()
    {
        Format = CatalogueRecord.CurrentFormat,
        BackupId = id.ToString(),
        Archive = $"{ArchiveName.Prefix}{id}{extension}",
        SizeBytes = content.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
        CreatedAt = id.Time,
        Server = new SourceServer("0123456789abcdef", "relay.example.org", "/home/ubuntu/claude-relay-deployment"),
        Tool = "RelayOps 0.1.0",
        Compression = "gzip",
        Encryption = extension.EndsWith(".age", StringComparison.Ordinal) ? "age" : null,
        ContentBytes = content.Length * 3L,
        ManifestSha256 = new string('a', 64),
        Verified = VerificationLevel.Deep,
    };
}
