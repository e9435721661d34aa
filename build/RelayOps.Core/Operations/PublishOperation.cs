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

/// <summary>Copies a verified backup into every other store. One that fails keeps no other from getting its copy.</summary>
public sealed class PublishOperation(IReadOnlyList<IBackupDestination> destinations, IReporter reporter)
{
    public async Task<PublishResult> RunAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var copies = ImmutableArray.CreateBuilder<PublishedCopy>();
        foreach (var destination in destinations)
        {
            try
            {
                await CopyAsync(request, destination, cancellationToken);
                copies.Add(new PublishedCopy(destination.Name, null));
            }
            catch (RelayOpsException e)
            {
                reporter.Warn($"store {destination.Name}: {e.What}: {e.Why}");
                copies.Add(new PublishedCopy(destination.Name, e));
            }
        }

        return new PublishResult(copies.ToImmutable());
    }

    private async Task CopyAsync(PublishRequest request, IBackupDestination destination, CancellationToken cancellationToken)
    {
        var backup = request.Backup.Backup;
        if (request.DryRun)
        {
            await destination.RequireAdmissionAsync(backup.Encryption is not null, cancellationToken);
            reporter.Note($"would copy {backup.Archive} ({Figures.Bytes(backup.SizeBytes)}) to store {destination.Name}");
            return;
        }

        var stored = await destination.PutAsync(new CataloguedBackup(request.From, backup), cancellationToken);
        reporter.Note($"store {destination.Name} has {stored.Archive}: {stored.Location}");
    }
}
