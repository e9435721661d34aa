using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

public sealed record StatusRequest
{
    /// <summary>Only backups of this server count, named as when they were made; null counts all.</summary>
    public string? ServerName { get; init; }

    /// <summary>Older than this, the newest verified backup is too old.</summary>
    public required TimeSpan MaxAge { get; init; }
}

/// <summary>How fresh the backups are, asked from elsewhere than where they are made: one that never ran reports no failure.</summary>
public sealed class StatusOperation(BackupCatalogue catalogue, IReporter reporter, TimeProvider time)
{
    /// <returns>The newest verified backup.</returns>
    /// <exception cref="RelayOpsException">There is none, or it is too old.</exception>
    public async Task<CataloguedBackup> RunAsync(StatusRequest request, CancellationToken cancellationToken)
    {
        var verified = (await catalogue.ListAsync(cancellationToken)).Where(entry => IsVerified(entry.Backup, request.ServerName)).ToList();
        if (verified is not [var newest, ..])
            throw new RelayOpsException("there is no verified backup", $"no store has one{Of(request.ServerName)}", "run the Backup target, and see why its schedule did not");

        var age = time.GetUtcNow() - newest.Id.Time;
        reporter.Note($"newest verified backup{Of(request.ServerName)}: {newest.Id}, {Figures.Age(age)} old, in store {newest.Store.Name}");
        if (verified.FirstOrDefault(entry => entry.Backup.Record!.Verified == VerificationLevel.Drill) is { } drilled)
            reporter.Note($"newest drilled backup{Of(request.ServerName)}: {drilled.Id}, {Figures.Age(time.GetUtcNow() - drilled.Id.Time)} old{Drilled(drilled.Backup.Record!)}");
        if (age > request.MaxAge)
            throw new RelayOpsException("the newest verified backup is too old",
                $"{newest.Id}{Of(request.ServerName)} is {Figures.Age(age)} old, and --max-age is {Figures.Duration(request.MaxAge)}",
                "run the Backup target, and see why its schedule did not");
        return newest;
    }

    private string Drilled(CatalogueRecord record) => record.Drill is not { } drill ? ""
        : $", drilled {Figures.Age(time.GetUtcNow() - drill.At)} ago" + (drill.RtoSeconds is { } rto ? $", healthy after {Figures.Duration(TimeSpan.FromSeconds(rto))}" : "");

    /// <summary>One of a part of the deployment, or whose archive is not the one that was verified, is none to rely on.</summary>
    private static bool IsVerified(StoredBackup backup, string? serverName) =>
        backup.Record is { Verified: >= VerificationLevel.Sealed, Only: null } record && record.SizeBytes == backup.SizeBytes
        && (serverName is null || record.Server.Name == serverName);

    private static string Of(string? serverName) => serverName is null ? "" : $" of {serverName}";
}
