using System.Security.Cryptography;
using System.Text;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Encryption;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Reads an archive once and collects what the checks need.</summary>
/// <param name="watch">Who looks on while the dataset in a file is read, by its path; null for the accounts' secrets alone.</param>
internal sealed class ContentReader(VerifyTools tools, VerificationLevel level, IDrillGround? ground, Func<string, IRdbVisitor>? watch = null)
{
    private const int LongestText = 1 << 20;
    private const string RedisData = "redis_data/";
    private const string Data = "data/";

    /// <summary>Files above this are read by a thread of their own, beside the one that looks into them.</summary>
    private const long WorthAThread = 1 << 20;

    private readonly BackupContent content = new() { Secrets = new AccountSecrets(tools.Scrypt) };

    public async Task<BackupContent> ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        await using var reader = await ArchiveReader.OpenAsync(source, tools.Codecs, tools.Limits, cancellationToken);
        while (await reader.ReadNextAsync(cancellationToken) is { } entry)
        {
            if (content.Manifest is not null)
                throw ArchiveReader.Bad($"'{EntryPath.Shown(entry.Path)}' comes behind the manifest");
            if (entry is { Path: ArchiveWriter.ManifestName, Kind: EntryKind.File })
                await ReadManifestAsync(entry, cancellationToken);
            else
                content.Entries.Add(Observe(entry) with { Sha256 = await ReadEntryAsync(entry, cancellationToken) });
        }

        content.Layout = reader.Layout;
        return content;
    }

    private async Task ReadManifestAsync(ArchiveEntry entry, CancellationToken cancellationToken)
    {
        var json = await ReadSmallAsync(entry, entry.Content, ManifestJson.LongestBytes, cancellationToken);
        content.Manifest = ManifestJson.Read(json);
        content.ManifestSha256 = Convert.ToHexStringLower(SHA256.HashData(json));
    }

    private async Task<string?> ReadEntryAsync(ArchiveEntry entry, CancellationToken cancellationToken)
    {
        if (entry is { Kind: EntryKind.HardLink, Target: { } target } && DrillPath(entry.Path) is { } link && DrillPath(target) is { } file)
            ground?.Link(link, file);
        if (entry.Kind != EntryKind.File || level < VerificationLevel.Deep)
            return null;
        await using var hashing = new HashingContent(entry.Content, entry.Size, padWhenShort: false);
        await using var copy = ground is not null && DrillPath(entry.Path) is { } path ? ground.Create(path) : null;
        await using var copied = copy is null ? (Stream)hashing : new CopyingStream(hashing, copy);
        await using var ahead = entry.Size >= WorthAThread ? new ReadAhead(copied) : null;
        try
        {
            await InspectAsync(entry, ahead ?? copied, cancellationToken);
        }
        catch (RelayOpsException exception) when (exception.Status == ExitStatus.BadBackup && EntryRoles.Of(entry.Path) != EntryRole.Plain)
        {
            throw new RelayOpsException($"{entry.Path} in the archive is damaged", $"{exception.What}: {exception.Why}", "use another backup",
                ExitStatus.BadBackup, exception);
        }

        return hashing.Sha256();
    }

    private async Task InspectAsync(ArchiveEntry entry, Stream stream, CancellationToken cancellationToken)
    {
        switch (EntryRoles.Of(entry.Path))
        {
            case EntryRole.Dump:
                content.Dumps[entry.Path] = await RdbReader.ReadAsync(stream, Visitor(entry), cancellationToken);
                break;
            case EntryRole.AppendOnly:
                content.AppendOnly[entry.Path] = await AofReader.CheckAsync(stream, Visitor(entry), cancellationToken);
                break;
            case EntryRole.Text:
                content.Texts[entry.Path] = Encoding.UTF8.GetString(await ReadSmallAsync(entry, stream, LongestText, cancellationToken));
                break;
        }

        await stream.CopyToAsync(Stream.Null, 1 << 17, cancellationToken);
    }

    private IRdbVisitor Visitor(ArchiveEntry entry) => watch?.Invoke(entry.Path) ?? content.Secrets;

    private static async Task<byte[]> ReadSmallAsync(ArchiveEntry entry, Stream stream, int limit, CancellationToken cancellationToken)
    {
        if (entry.Size > limit)
            throw ArchiveReader.Bad($"{entry.Path} has {entry.Size} bytes, more than such a file can have");
        var bytes = new byte[entry.Size];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>What a drill needs as files; all else it reads from here.</summary>
    private static string? DrillPath(string path) =>
        path.StartsWith(RedisData, StringComparison.Ordinal) || path.StartsWith(Data, StringComparison.Ordinal) ? path : null;

    private static ManifestEntry Observe(ArchiveEntry entry) => new()
    {
        Path = entry.Path,
        Kind = entry.Kind,
        Size = entry.Size,
        Target = entry.Target,
        Mode = Convert.ToString(entry.Mode, 8).PadLeft(4, '0'),
        UserId = entry.UserId,
        GroupId = entry.GroupId,
        UserName = entry.UserName.Length > 0 ? entry.UserName : null,
        GroupName = entry.GroupName.Length > 0 ? entry.GroupName : null,
        ModifiedAt = entry.ModifiedAt,
    };
}
