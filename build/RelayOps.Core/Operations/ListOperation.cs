using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

/// <summary>A line of the list; with <c>--json</c> an object of the array.</summary>
public sealed record ListedBackup
{
    /// <summary>E.g. <c>20250805_142530</c>.</summary>
    public required string Id { get; init; }

    public required long AgeSeconds { get; init; }

    public required long SizeBytes { get; init; }

    public required string Store { get; init; }

    /// <summary><c>age</c>, <c>gpg</c>, or null for plaintext.</summary>
    public required string? Encrypted { get; init; }

    /// <summary><c>none</c>, <c>sealed</c>, <c>quick</c>, <c>deep</c>, <c>drill</c>.</summary>
    public required string Verified { get; init; }

    public required bool Pinned { get; init; }

    public required string Archive { get; init; }

    public required string Location { get; init; }

    /// <summary>As the operator named it; null without a record.</summary>
    public string? Server { get; init; }

    /// <summary>Null without a record, and without Redis data.</summary>
    public long? Keys { get; init; }

    /// <summary>When it was last brought up; null where never.</summary>
    public DateTimeOffset? DrilledAt { get; init; }

    /// <summary>From opening the archive to a healthy service, in that drill; null where it was Redis alone.</summary>
    public double? RtoSeconds { get; init; }
}

/// <summary>Which backups are listed; by default all.</summary>
public sealed record ListFilter
{
    /// <summary>As backups name the server they are of. An archive that names none may be of any, and stays.</summary>
    public string? ServerName { get; init; }

    public TimeSpan? MaxAge { get; init; }

    /// <summary>Verified at least so far.</summary>
    public VerificationLevel Verified { get; init; }

    public bool OnlyPinned { get; init; }

    internal bool Admits(StoredBackup backup, DateTimeOffset now) =>
        (ServerName is null || backup.Record is null || backup.Record.Server.Name == ServerName)
        && (MaxAge is null || now - backup.Id.Time <= MaxAge)
        && (backup.Record?.Verified ?? VerificationLevel.None) >= Verified
        && (!OnlyPinned || backup.Record is { Pinned: true });
}

/// <summary>Lists every backup of every store, newest first.</summary>
public sealed class ListOperation(BackupCatalogue catalogue, TimeProvider time)
{
    public Task<ImmutableArray<ListedBackup>> RunAsync(CancellationToken cancellationToken) => RunAsync(new ListFilter(), cancellationToken);

    public async Task<ImmutableArray<ListedBackup>> RunAsync(ListFilter filter, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return [.. (await catalogue.ListAsync(cancellationToken)).Where(entry => filter.Admits(entry.Backup, now)).Select(entry => Describe(entry, now))];
    }

    /// <summary>Columns for people, the heading first.</summary>
    public static ImmutableArray<string> Table(IReadOnlyList<ListedBackup> backups)
    {
        if (backups.Count == 0)
            return ["There is no backup yet."];
        var rows = backups.Select(Columns).Prepend(["id", "age", "size", "store", "encrypted", "verified", "pinned", "drilled"]).ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        return [.. rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd())];
    }

    /// <summary>An array, newest first, with a newline at its end.</summary>
    public static string Json(IReadOnlyList<ListedBackup> backups) =>
        JsonSerializer.Serialize(backups, ListContext.Default.IReadOnlyListListedBackup) + "\n";

    private static string[] Columns(ListedBackup backup) =>
    [
        backup.Id, Figures.Age(TimeSpan.FromSeconds(backup.AgeSeconds)), Figures.Bytes(backup.SizeBytes), backup.Store,
        backup.Encrypted ?? "no", backup.Verified, backup.Pinned ? "yes" : "no",
        Drilled(backup),
    ];

    /// <summary>The day, since an age of an age says little, and how long it took.</summary>
    private static string Drilled(ListedBackup backup) => backup.DrilledAt is not { } at ? "no"
        : at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            + (backup.RtoSeconds is { } rto ? $", RTO {Figures.Duration(TimeSpan.FromSeconds(rto))}" : ", redis alone");

    private static ListedBackup Describe(CataloguedBackup entry, DateTimeOffset now)
    {
        var (backup, record) = (entry.Backup, entry.Backup.Record);
        return new ListedBackup
        {
            Id = backup.Id.ToString(),
            AgeSeconds = (long)Math.Floor((now - backup.Id.Time).TotalSeconds),
            SizeBytes = backup.SizeBytes,
            Store = backup.Store,
            Encrypted = backup.Encryption,
            Verified = (record?.Verified ?? VerificationLevel.None).ToString().ToLowerInvariant(),
            Pinned = record?.Pinned ?? false,
            Archive = backup.Archive,
            Location = backup.Location,
            Server = record?.Server.Name,
            Keys = record?.Keys,
            DrilledAt = record?.Drill?.At,
            RtoSeconds = record?.Drill?.RtoSeconds,
        };
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ListedBackup>))]
internal sealed partial class ListContext : JsonSerializerContext;
