using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

/// <param name="From">The store that has it.</param>
public sealed record PublishRequest(VerifiedBackup Backup, IBackupStore From)
{
    /// <summary>Asks every store whether it would take the backup, and copies nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What became of the copy for one store.</summary>
/// <param name="Error">Null when the store has it now.</param>
public sealed record PublishedCopy(string Store, RelayOpsException? Error);

/// <summary>What became of all copies.</summary>
public sealed record PublishResult(ImmutableArray<PublishedCopy> Copies)
{
    public IEnumerable<string> Stores => Copies.Where(copy => copy.Error is null).Select(copy => copy.Store);

    /// <exception cref="RelayOpsException">Some store does not have it, with the first one's status.</exception>
    public void RequireAll()
    {
        var missing = Copies.Where(copy => copy.Error is not null).ToList();
        if (missing is not [{ Error: { } first }, ..])
            return;
        var there = Stores.ToList();
        throw new RelayOpsException(
            $"the backup did not get into store {string.Join(" and ", missing.Select(copy => copy.Store))}",
            first.What == first.Why ? first.Why : $"{first.What}: {first.Why}",
            first.Next + (there.Count > 0 ? $"; store {string.Join(" and ", there)} has it" : "; the local store has it"), first.Status, first);
    }
}

/// <summary>Copies a verified backup into every other store, reading it once for all of them. One that fails keeps no other from getting its copy.</summary>
public sealed class PublishOperation(IReadOnlyList<IBackupDestination> destinations, IReporter reporter)
{
    public async Task<PublishResult> RunAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var source = new CataloguedBackup(request.From, request.Backup.Backup);
        if (destinations is [var only])
            return new PublishResult([await TryCopyAsync(source, only, request.DryRun, cancellationToken)]);
        await using var reading = new SharedReading(source, destinations.Count, cancellationToken);
        return new PublishResult([.. await Task.WhenAll(destinations.Select(destination => CopyShareAsync(reading, source, destination, request.DryRun, cancellationToken)))]);
    }

    private async Task<PublishedCopy> CopyShareAsync(
        SharedReading reading, CataloguedBackup source, IBackupDestination destination, bool dryRun, CancellationToken cancellationToken)
    {
        using var share = reading.Take();
        return await TryCopyAsync(source with { Store = share }, destination, dryRun, cancellationToken);
    }

    private async Task<PublishedCopy> TryCopyAsync(CataloguedBackup source, IBackupDestination destination, bool dryRun, CancellationToken cancellationToken)
    {
        try
        {
            await CopyAsync(source, destination, dryRun, cancellationToken);
            return new PublishedCopy(destination.Name, null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var error = exception as RelayOpsException ?? new RelayOpsException("copying failed", exception.Message, "run Publish again", inner: exception);
            reporter.Warn($"store {destination.Name}: {error.What}: {error.Why}");
            return new PublishedCopy(destination.Name, error);
        }
    }

    private async Task CopyAsync(CataloguedBackup source, IBackupDestination destination, bool dryRun, CancellationToken cancellationToken)
    {
        var backup = source.Backup;
        if (dryRun)
        {
            await destination.RequireAdmissionAsync(backup.Encryption is not null, cancellationToken);
            reporter.Note($"would copy {backup.Archive} ({Figures.Bytes(backup.SizeBytes)}) to store {destination.Name}");
            return;
        }

        var stored = await destination.PutAsync(source, cancellationToken);
        reporter.Note($"store {destination.Name} has {stored.Archive}: {stored.Location}");
    }
}
