using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

public sealed record PruneRequest
{
    public RetentionPolicy Policy { get; init; } = new();

    /// <summary>Says what would go, and removes nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>
/// Applies retention to every store by itself, so one that cannot be asked keeps all it has and no other from being tidied. The caller has
/// verified the newest backup before this runs.
/// </summary>
public sealed class PruneOperation(BackupCatalogue catalogue, IReporter reporter, TimeProvider time)
{
    /// <exception cref="RelayOpsException">
    /// The policy keeps nothing (<see cref="ExitStatus.WrongUse"/>), or some backup could not be removed or some store not be asked; the others were.
    /// </exception>
    public async Task<ReportedRetention> RunAsync(PruneRequest request, CancellationToken cancellationToken)
    {
        request.Policy.Validate();
        using var phase = reporter.Begin("retention");
        var listing = await catalogue.AskAsync(cancellationToken);
        var stored = listing.Backups.ToLookup(entry => Retained(entry.Backup));
        var plan = RetentionPlan.Make([.. stored.Select(entries => entries.Key)], request.Policy, time.GetUtcNow());
        RefuseToLoseTheLast(plan);
        foreach (var decision in plan.Decisions)
            reporter.Note(Describe(decision, request.DryRun));
        if (!request.DryRun)
            await RemoveAsync([.. plan.Removed.Select(decision => stored[decision.Backup].First())], cancellationToken);
        listing.RequireComplete("retention was not applied to every store");
        return Report(plan) with { NextToGo = FindNextToGo(plan, request.Policy, time.GetUtcNow()) };
    }

    /// <summary>What retention sees of a backup. An archive whose size is not the record's is not the one that was verified.</summary>
    internal static RetainedBackup Retained(StoredBackup backup) => new()
    {
        Id = backup.Id,
        Store = backup.Store,
        Archive = backup.Archive,
        ServerId = backup.Record?.Server.Id,
        Only = backup.Record?.Only,
        Verified = backup.Record is { } record && record.SizeBytes == backup.SizeBytes ? record.Verified : VerificationLevel.None,
        Pinned = backup.Record?.Pinned ?? false,
    };

    /// <summary>As if the newest were followed by another one of its kind.</summary>
    private static string? FindNextToGo(RetentionPlan plan, RetentionPolicy policy, DateTimeOffset now)
    {
        if (plan.Kept.FirstOrDefault(decision => decision.Backup.IsVerified && !decision.Backup.Id.IsAheadOf(now)) is not { } newest)
            return null;
        var later = now + TimeSpan.FromDays(1);
        var next = RetentionPlan.Make([.. plan.Kept.Select(decision => decision.Backup), newest.Backup with { Id = BackupId.At(later), Pinned = false }], policy, later);
        return next.Removed.FirstOrDefault() is { } first ? first.Backup.Id.ToString() : null;
    }

    /// <summary>The plan promises it. What is removed cannot be had back, so the promise is looked at once more.</summary>
    private static void RefuseToLoseTheLast(RetentionPlan plan)
    {
        foreach (var group in plan.Decisions.GroupBy(decision => (decision.Backup.Store, decision.Backup.ServerId, decision.Backup.Only)))
        {
            if (group.Any(decision => !decision.Keeps) && !group.Any(decision => decision.Keeps && decision.Backup.IsVerified))
                throw new RelayOpsException("retention removes nothing", $"no verified backup of server {group.Key.ServerId} would remain in store {group.Key.Store}",
                    "run Verify on the newest backup, then Prune again");
        }
    }

    /// <summary>The oldest first, so that an interruption leaves the newest.</summary>
    private async Task RemoveAsync(IReadOnlyList<CataloguedBackup> removed, CancellationToken cancellationToken)
    {
        var failures = new List<RelayOpsException>();
        foreach (var entry in removed.Reverse())
        {
            try
            {
                await entry.Store.DeleteAsync(entry.Backup, cancellationToken);
            }
            catch (RelayOpsException e)
            {
                reporter.Warn($"backup {entry.Id} stays in store {entry.Store.Name}: {e.Why}");
                failures.Add(e);
            }
        }

        if (failures is [var first, ..])
            throw new RelayOpsException($"{failures.Count} of {removed.Count} old backups could not be removed", first.Why, first.Next, first.Status, first);
    }

    private static string Describe(RetentionDecision decision, bool dryRun) =>
        $"{(decision.Keeps ? "keep" : dryRun ? "would remove" : "remove")} {decision.Backup.Id} in {decision.Backup.Store}: {decision.Reason}";

    private static ReportedRetention Report(RetentionPlan plan) => new(Ids(plan.Kept), Ids(plan.Removed))
    {
        Decisions = [.. plan.Decisions.Select(decision =>
            new ReportedDecision(decision.Backup.Id.ToString(), decision.Backup.Store, decision.Keeps, decision.Reason))],
    };

    private static ImmutableArray<string> Ids(IEnumerable<RetentionDecision> decisions) =>
        [.. decisions.Select(decision => decision.Backup.Id.ToString()).Distinct()];
}
