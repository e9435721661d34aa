using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Holds the stored bytes against what was noted when they were stored.</summary>
internal static class ChecksumCheck
{
    public static void Require(StoredBackup backup, string sha256, long size, Exception? inner)
    {
        if (backup.Record is { } record && record.SizeBytes != size)
            throw Bad(backup, $"it has {size} bytes, {record.SizeBytes} were stored", inner);
        if (backup.Record is { } noted && noted.Sha256 != sha256)
            throw Bad(backup, "its sha256 is not that of its catalogue record", inner);
        if (backup.Sha256 is { } sum && !sum.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            throw Bad(backup, "its sha256 is not that of its .sha256 file", inner);
    }

    public static IEnumerable<string> Warnings(StoredBackup backup)
    {
        if (backup.Record is null && backup.Sha256 is null)
            yield return "it has neither a .sha256 file nor a catalogue record: whether it is what was stored cannot be told";
        else if (backup.Sha256 is null)
            yield return "its .sha256 file is missing";
        else if (backup.Record is null)
            yield return "its catalogue record is missing";
    }

    /// <summary>Whether it was this check that failed.</summary>
    public static bool Refused(StoredBackup backup, RelayOpsException exception) => exception.What == What(backup);

    private static string What(StoredBackup backup) => $"{backup.Location} is not the archive that was stored";

    private static RelayOpsException Bad(StoredBackup backup, string why, Exception? inner) => new(
        What(backup), inner is RelayOpsException { Why: var effect } ? $"{why}; {effect}" : why,
        "use another copy or another backup", ExitStatus.BadBackup, inner);
}
