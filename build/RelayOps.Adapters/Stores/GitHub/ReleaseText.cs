using System.Text;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>
/// What a release says below its title: for people how to use it, and folded the catalogue record and the manifest of parts. The text is
/// the one thing of a release that can be replaced in a single step, and of an immutable one, too.
/// </summary>
internal static class ReleaseText
{
    private const string RecordMark = "<!-- relayops: catalogue record -->";
    private const string PartsMark = "<!-- relayops: parts -->";
    private const string Fence = "````";

    public static string Write(CatalogueRecord record, IReadOnlyList<ReleasePart>? parts)
    {
        var text = new StringBuilder();
        text.Append($"Backup {record.BackupId}, {Figures.Bytes(record.SizeBytes)}, {(record.Encryption is { } tool ? $"encrypted with {tool}" : "not encrypted")}.\n\n");
        text.Append($"    ./build.sh Restore --store release --backup-id {record.BackupId}\n\n");
        text.Append("By hand: download every file below into one directory, then\n\n");
        if (parts is { Count: > 1 })
            text.Append($"    cat {record.Archive}.part* > {record.Archive}\n");
        text.Append($"    sha256sum -c {ArchiveName.Find(record.Archive)?.Checksum}\n");
        if (RecoveryGuide.FindOpening(record.Archive) is { } opening)
            text.Append($"    {opening}\n");
        text.Append("\nand follow RECOVERY.md inside the archive.\n\n");
        Fold(text, "Catalogue record", RecordMark, Encoding.UTF8.GetString(CatalogueJson.Write(record)));
        if (parts is { Count: > 1 })
            Fold(text, "Parts", PartsMark, PartsJson.Write(parts));
        return text.ToString();
    }

    /// <summary>Null where the text has none, or one that somebody damaged.</summary>
    public static CatalogueRecord? FindRecord(string text, string archive)
    {
        try
        {
            return Find(text, RecordMark) is { } json && CatalogueJson.Read(Encoding.UTF8.GetBytes(json)) is var record && record.Archive == archive ? record : null;
        }
        catch (RelayOpsException)
        {
            return null;
        }
    }

    public static IReadOnlyList<ReleasePart>? FindParts(string text) => PartsJson.Find(Find(text, PartsMark));

    private static void Fold(StringBuilder text, string title, string mark, string json) =>
        text.Append($"<details><summary>{title}</summary>\n\n{mark}\n{Fence}json\n{json.TrimEnd('\n')}\n{Fence}\n\n</details>\n\n");

    private static string? Find(string text, string mark)
    {
        var from = text.IndexOf(mark, StringComparison.Ordinal);
        var begin = from < 0 ? -1 : text.IndexOf(Fence + "json", from, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : text.IndexOf('\n' + Fence, begin + 1, StringComparison.Ordinal);
        return end < 0 ? null : text[(begin + Fence.Length + 4)..end];
    }
}
