using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

public sealed record PinRequest
{
    /// <summary>An id, <c>latest</c>, or an archive's path.</summary>
    public required string Backup { get; init; }

    /// <summary>False: lifts the mark.</summary>
    public bool Pinned { get; init; } = true;

    public bool DryRun { get; init; }
}

/// <summary>Marks a backup to be kept for good, in every store that has it, or lifts that.</summary>
public sealed class PinOperation(BackupCatalogue catalogue, IReporter reporter)
{
    /// <returns>How many stores hold the mark in another state than before; 0 in a dry run.</returns>
    /// <exception cref="RelayOpsException">No store has it, or it has no record to carry the mark (both <see cref="ExitStatus.BadBackup"/>), or a store could not be asked; the others carry it.</exception>
    public async Task<int> RunAsync(PinRequest request, CancellationToken cancellationToken)
    {
        var found = await catalogue.GetAllAsync(request.Backup, cancellationToken);
        var recorded = found.Where(entry => entry.Backup.Record is not null).ToList();
        if (recorded.Count == 0)
            throw new RelayOpsException($"backup {found[0].Id} cannot be marked", $"{found[0].Backup.Archive} has no catalogue record",
                "nothing is lost: retention never removes an archive without a record", ExitStatus.BadBackup);
        var changing = recorded.Where(entry => entry.Backup.Record!.Pinned != request.Pinned).ToList();
        if (changing.Count == 0)
            reporter.Note($"backup {found[0].Id} is {(request.Pinned ? "pinned already" : "not pinned")}");
        foreach (var entry in changing)
        {
            reporter.Note($"{(request.DryRun ? "would " : "")}{(request.Pinned ? "pin" : "unpin")} {entry.Id} in {entry.Store.Name}");
            if (!request.DryRun)
                await entry.Store.SaveRecordAsync(entry.Backup, entry.Backup.Record! with { Pinned = request.Pinned }, cancellationToken);
        }

        catalogue.RequireComplete($"backup {found[0].Id} may be without the mark in another store");
        return request.DryRun ? 0 : changing.Count;
    }
}
