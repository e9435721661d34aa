using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

/// <summary>Reads the nearest copy of a backup, and the next one where that is damaged or cannot be had.</summary>
public sealed class NearestCopy(IReporter reporter)
{
    /// <param name="copies">Of one backup, the nearest first; at least one.</param>
    /// <exception cref="RelayOpsException">No copy is good: the first one's error.</exception>
    public Task<(VerifiedBackup Verified, CataloguedBackup From)> VerifyAsync(
        IReadOnlyList<CataloguedBackup> copies, VerifyTools tools, VerificationLevel level, CancellationToken cancellationToken) =>
        ReadAsync(copies, async copy =>
            (await new VerifyOperation(copy.Store, tools).RunAsync(new VerifyRequest(copy.Backup, level), cancellationToken), copy));

    /// <param name="readAsync">Reads one copy to its end; begun anew for the next one.</param>
    /// <inheritdoc cref="VerifyAsync"/>
    public async Task<T> ReadAsync<T>(IReadOnlyList<CataloguedBackup> copies, Func<CataloguedBackup, Task<T>> readAsync)
    {
        RelayOpsException? first = null;
        foreach (var copy in copies)
        {
            try
            {
                return await readAsync(copy);
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
