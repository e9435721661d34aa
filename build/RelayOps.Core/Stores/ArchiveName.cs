using System.Text.RegularExpressions;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Stores;

/// <summary>
/// An archive's file name, taken apart: <c>claude-relay-backup-20250805_142530.tar.gz.age</c>, and those of the older scripts, which
/// put any name before the time and either <c>_</c> or <c>-</c> inside it.
/// </summary>
public sealed partial record ArchiveName
{
    public const string Prefix = "claude-relay-backup-";

    public const string CertificateExtension = ".drill.json";

    private ArchiveName(string fileName, string baseName, BackupId id)
    {
        FileName = fileName;
        Base = baseName;
        Id = id;
    }

    public string FileName { get; }

    /// <summary>What record and checksum share with the archive: everything before <c>.tar</c>.</summary>
    public string Base { get; }

    public BackupId Id { get; }

    public string Record => Base + ".json";

    public string Checksum => Base + ".sha256";

    /// <summary>Of a drill with this very file.</summary>
    public string Certificate => FileName + CertificateExtension;

    /// <param name="compression">Its extension, e.g. <c>.gz</c>.</param>
    /// <param name="encryption">Its extension, e.g. <c>.age</c>; empty for plaintext.</param>
    public static string For(BackupId id, string compression, string encryption = "") => $"{Prefix}{id}.tar{compression}{encryption}";

    /// <summary>Null when the name is none of a backup's.</summary>
    public static ArchiveName? Find(string fileName) =>
        Form().Match(fileName) is { Success: true } match
        && BackupId.Find($"{match.Groups["date"].ValueSpan}_{match.Groups["time"].ValueSpan}") is { } id
            ? new ArchiveName(fileName, match.Groups["base"].Value, id)
            : null;

    /// <summary>Whether a text on the command line means a file rather than an id.</summary>
    public static bool LooksLikePath(string text) =>
        text.Contains('/') || text.Contains('\\') || text.Contains(".tar", StringComparison.Ordinal) || text.EndsWith(".tgz", StringComparison.Ordinal);

    // Never hidden, never with a separator or a control character: a name is printed and joined to a directory.
    [GeneratedRegex(@"\A(?<base>[^./\\\p{C}][^/\\\p{C}]*-(?<date>[0-9]{8})[_-](?<time>[0-9]{6}))\.tar\.(gz|zst)(\.(gpg|age))?\z",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
