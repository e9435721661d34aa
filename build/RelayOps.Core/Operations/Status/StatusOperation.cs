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
        var verified = listing.Backups.Where(entry => IsVerified(entry.Backup, request.ServerName)).ToList();
        if (verified is not [var newest, ..])
        {
            problems.Add(new RelayOpsException("there is no verified backup", $"no store has one{Of(request.ServerName)}",
                "run the Backup target, and see why its schedule did not"));
            return (null, null);
        }

        var age = time.GetUtcNow() - newest.Id.Time;
        reporter.Note($"newest verified backup{Of(request.ServerName)}: {newest.Id}, {Figures.Age(age)} old, in store {newest.Store.Name}");
        var drilled = verified.FirstOrDefault(entry => entry.Backup.Record!.Verified == VerificationLevel.Drill);
        if (drilled is not null)
            reporter.Note($"newest drilled backup{Of(request.ServerName)}: {drilled.Id}, {Figures.Age(time.GetUtcNow() - drilled.Id.Time)} old{Drilled(drilled.Backup.Record!)}");
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

    /// <summary>One of a part of the deployment, or whose archive is not the one that was verified, is none to rely on.</summary>
    private static bool IsVerified(StoredBackup backup, string? serverName) =>
        backup.Record is { Verified: >= VerificationLevel.Sealed, Only: null } record && record.SizeBytes == backup.SizeBytes
        && (serverName is null || record.Server.Name == serverName);

    private BackupAge Describe(CataloguedBackup entry) =>
        new(entry.Id.ToString(), (long)Math.Floor((time.GetUtcNow() - entry.Id.Time).TotalSeconds), entry.Store.Name);

    private static string Of(string? serverName) => serverName is null ? "" : $" of {serverName}";
}
