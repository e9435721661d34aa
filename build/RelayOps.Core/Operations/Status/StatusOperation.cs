using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Status;

public sealed record StatusRequest
{
    /// <summary>Only backups of this server count, named as when they were made; null counts all.</summary>
    public string? ServerName { get; init; }

    /// <summary>Older than this, the newest verified backup is too old.</summary>
    public required TimeSpan MaxAge { get; init; }
}

/// <summary>How fresh the backups are and how the server is, asked from elsewhere than where backups are made: one that never ran reports no failure.</summary>
public sealed class StatusOperation(BackupCatalogue catalogue, IReporter reporter, TimeProvider time)
{
    /// <param name="look">Looks at the server; null where none was named.</param>
    /// <returns>What was found, be it good or bad; see <see cref="StatusReport.Demand"/>.</returns>
    public async Task<StatusReport> RunAsync(
        StatusRequest request, Func<CancellationToken, Task<ServerStatus>>? look, CancellationToken cancellationToken)
    {
        var problems = new List<RelayOpsException>();
        var (newest, drilled) = await FindAsync(request, problems, cancellationToken);
        var server = look is null ? null : await LookAsync(look, problems, cancellationToken);
        foreach (var line in server is null ? [] : StatusText.Of(server, time.GetUtcNow()))
            reporter.Note(line);
        foreach (var warning in server?.Warnings ?? [])
            reporter.Warn(warning);
        return new StatusReport
        {
            CheckedAt = time.GetUtcNow(),
            MaxAgeSeconds = (long)request.MaxAge.TotalSeconds,
            VerifiedBackup = newest,
            DrilledBackup = drilled,
            Server = server,
            Problems = [.. problems.Select(problem => new ReportedError(problem.What, problem.Why, problem.Next))],
            Status = problems.Count == 0 ? ExitStatus.Done : problems.Max(problem => problem.Status),
        };
    }

    private async Task<(BackupAge? Newest, BackupAge? Drilled)> FindAsync(
        StatusRequest request, List<RelayOpsException> problems, CancellationToken cancellationToken)
    {
        var listing = await catalogue.AskAsync(cancellationToken);
        // A copy that cannot be had is none: whoever watches has to hear of it, and of the others' age all the same.
        problems.AddRange(listing.Silent.Select(silent => silent.Error));
        var now = time.GetUtcNow();
        var reliable = listing.Backups.Where(entry => entry.Backup.IsReliable && IsOf(entry.Backup, request.ServerName)).ToLookup(entry => entry.Id.IsAheadOf(now));
        problems.AddRange(FindAhead([.. reliable[true]], request.ServerName));
        var verified = reliable[false].ToList();
        if (verified is not [var newest, ..])
        {
            problems.Add(new RelayOpsException("there is no verified backup",
                $"no store has one{Of(request.ServerName)}{(reliable.Contains(true) ? " whose age is known" : "")}",
                "run the Backup target, and see why its schedule did not"));
            return (null, null);
        }

        var age = AgeOf(newest);
        reporter.Note($"newest verified backup{Of(request.ServerName)}: {newest.Id}, {Figures.Age(age)} old, in store {newest.Store.Name}");
        var drilled = verified.FirstOrDefault(entry => entry.Backup.Record!.Verified == VerificationLevel.Drill);
        if (drilled is not null)
            reporter.Note($"newest drilled backup{Of(request.ServerName)}: {drilled.Id}, {Figures.Age(AgeOf(drilled))} old{Drilled(drilled.Backup.Record!)}");
        if (age > request.MaxAge)
            problems.Add(new RelayOpsException("the newest verified backup is too old",
                $"{newest.Id}{Of(request.ServerName)} is {Figures.Age(age)} old, and --max-age is {Figures.Duration(request.MaxAge)}",
                "run the Backup target, and see why its schedule did not"));
        return (Describe(newest), drilled is null ? null : Describe(drilled));
    }

    private string Drilled(CatalogueRecord record) => record.Drill is not { } drill ? ""
        : $", drilled {Figures.Age(time.GetUtcNow() - drill.At)} ago" + (drill.RtoSeconds is { } rto ? $", healthy after {Figures.Duration(TimeSpan.FromSeconds(rto))}" : "");

    private static async Task<ServerStatus?> LookAsync(
        Func<CancellationToken, Task<ServerStatus>> look, List<RelayOpsException> problems, CancellationToken cancellationToken)
    {
        try
        {
            var server = await look(cancellationToken);
            problems.AddRange(server.FindProblems());
            return server;
        }
        catch (RelayOpsException exception)
        {
            // The backups' age is worth telling all the same.
            problems.Add(exception);
            return null;
        }
    }

    /// <summary>A single one would keep every schedule that stopped since from being noticed.</summary>
    private static IEnumerable<RelayOpsException> FindAhead(IReadOnlyList<CataloguedBackup> ahead, string? serverName)
    {
        if (ahead.Count == 0)
            yield break;
        var names = string.Join(", ", ahead.Select(entry => $"{entry.Id} in store {entry.Store.Name}"));
        yield return new RelayOpsException("a verified backup is dated in the future", $"{names}{Of(serverName)}: how old it is nobody knows, so it does not count",
            "mend the clock of the machine that made it and run the Backup target; delete the one dated in the future by hand then, for retention leaves it alone");
    }

    private static bool IsOf(StoredBackup backup, string? serverName) => serverName is null || backup.Record!.Server.Name == serverName;

    /// <summary>A clock that is a little ahead makes no negative age.</summary>
    private TimeSpan AgeOf(CataloguedBackup entry) => time.GetUtcNow() - entry.Id.Time is { Ticks: > 0 } age ? age : TimeSpan.Zero;

    private BackupAge Describe(CataloguedBackup entry) => new(entry.Id.ToString(), (long)Math.Floor(AgeOf(entry).TotalSeconds), entry.Store.Name);

    private static string Of(string? serverName) => serverName is null ? "" : $" of {serverName}";
}
