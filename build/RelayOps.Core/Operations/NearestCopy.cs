using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

/// <summary>Verifies the nearest copy of a backup, and the next one where that is damaged or cannot be had.</summary>
public sealed class NearestCopy(VerifyTools tools, IReporter reporter)
{
    /// <param name="copies">Of one backup, the nearest first; at least one.</param>
    /// <exception cref="RelayOpsException">No copy is good: the first one's error.</exception>
    public async Task<(VerifiedBackup Verified, CataloguedBackup From)> VerifyAsync(
        IReadOnlyList<CataloguedBackup> copies, VerificationLevel level, CancellationToken cancellationToken)
    {
        RelayOpsException? first = null;
        foreach (var copy in copies)
        {
            try
            {
                return (await new VerifyOperation(copy.Store, tools).RunAsync(new VerifyRequest(copy.Backup, level), cancellationToken), copy);
            }
            catch (RelayOpsException e) when (e.Status is ExitStatus.BadBackup or ExitStatus.NoConnection && copies.Count > 1)
            {
                reporter.Warn($"the copy of {copy.Id} in store {copy.Store.Name} is no good: {e.What}: {e.Why}");
                first ??= e;
            }
        }

        throw first!;
    }
}
