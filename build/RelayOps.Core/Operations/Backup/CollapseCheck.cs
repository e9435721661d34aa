using RelayOps.Core.Backups;

namespace RelayOps.Core.Operations.Backup;

/// <summary>A backup that holds less than half of what the last one did is more likely an accident than a fact.</summary>
public static class CollapseCheck
{
    /// <param name="last">The newest verified backup of the same server; null when there is none. Another choice of parts is not compared.</param>
    /// <exception cref="RelayOpsException">Keys or bytes fell below half.</exception>
    public static void Demand(CatalogueRecord? last, CatalogueRecord made)
    {
        if (last is null || last.Only != made.Only)
            return;
        if (made.Keys is { } now && last.Keys is { } before && now * 2 < before)
            throw Collapsed($"redis has {now} keys, where backup {last.BackupId} had {before}");
        if (made.StateBytes is { } bytes && last.StateBytes is { } bytesBefore && bytes * 2 < bytesBefore)
            throw Collapsed($"its files have {bytes} bytes without logs, where those of backup {last.BackupId} had {bytesBefore}");
    }

    private static RelayOpsException Collapsed(string why) => new(
        "the deployment has shrunk by more than half, and this backup was not kept", why,
        "find out what happened to the data; if it is meant to be so, run again with --allow-shrink");
}
