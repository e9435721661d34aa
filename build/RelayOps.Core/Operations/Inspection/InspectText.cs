using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Core.Archives;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Inspection;

/// <summary>What was found, for people and for programs.</summary>
public static class InspectText
{
    /// <summary>Of files and of differences; all of them are in the JSON.</summary>
    private const int MostLines = 50;

    private static readonly InspectContext Context = new(new JsonSerializerOptions(InspectContext.Default.Options)
    {
        // A path is read by people as well; nothing here ends up in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Json(BackupInside inside) => JsonSerializer.Serialize(inside, Context.BackupInside) + "\n";

    public static string Json(InsideDifference difference) => JsonSerializer.Serialize(difference, Context.InsideDifference) + "\n";

    public static ImmutableArray<string> Lines(BackupInside inside) =>
    [
        $"backup {inside.BackupId}: {Figures.Bytes(inside.SizeBytes)} in store {inside.Store}, {inside.Encrypted ?? "not encrypted"}, verified: {inside.Verified}{(inside.Pinned ? ", pinned" : "")}",
        inside.Server is { } server ? $"of {server.DeploymentPath} on {server.Name}, made by {inside.Tool} at {inside.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC" : "of the older scripts: it has no manifest",
        .. inside.Only is { } only ? [$"made with --only {only}"] : Array.Empty<string>(),
        .. inside.Redis is { } redis ? Lines(redis) : ["no Redis data"],
        inside.Accounts.IsEmpty ? "accounts: none" : $"accounts: {string.Join(", ", inside.Accounts.Select(kind => $"{Figures.Count(kind.Value)} {kind.Key}"))}",
        $"fingerprint of ENCRYPTION_KEY: {(inside.HasKeyFingerprint ? "yes" : "no")}; .env has {inside.EnvironmentNames.Length} names",
        .. inside.Images.Select(image => $"image of {image.Service}: {image.Image}, {(image.RepoDigests.IsDefaultOrEmpty ? image.ImageId : image.RepoDigests[0])}"),
        .. inside.Skipped.Select(skipped => $"left out: {EntryPath.Shown(skipped.Path)}: {skipped.Reason}"),
        .. inside.Notes.Select(note => $"note: {note}"),
        $"files: {Figures.Count(inside.Files.Length)}, {Figures.Bytes(inside.ContentBytes)}",
        .. TextTable.Of(["path", "size", "mode", "owner"], [.. inside.Files.Take(MostLines).Select(file =>
            new[] { EntryPath.Shown(file.Path), Size(file), file.Mode, $"{file.UserId}:{file.GroupId}" })]),
        .. More(inside.Files.Length),
    ];

    public static ImmutableArray<string> Lines(InsideDifference difference) =>
    [
        $"from {difference.From} to {difference.To}",
        $"files: {Figures.Count(difference.FilesAdded.Length)} came, {Figures.Count(difference.FilesRemoved.Length)} went, "
            + $"{Figures.Count(difference.FilesChanged.Length)} changed, {Figures.Count(difference.FilesEqual)} are equal",
        .. Listed("+", difference.FilesAdded), .. Listed("-", difference.FilesRemoved), .. Listed("~", difference.FilesChanged),
        difference is { KeysBefore: { } before, KeysAfter: { } after } ? $"keys: {Figures.Count(before)} before, {Figures.Count(after)} after" : "keys: not compared",
        .. KeyLines(difference),
        .. Listed(".env +", difference.EnvironmentAdded), .. Listed(".env -", difference.EnvironmentRemoved),
        .. Listed(".env ~ (another value)", difference.EnvironmentChanged),
        .. difference.Notes.Select(note => $"note: {note}"),
    ];

    private static IEnumerable<string> KeyLines(InsideDifference difference)
    {
        if (difference.Keys is { IsEmpty: false } keys)
            return TextTable.Of(["prefix", "added", "removed", "changed"], [.. keys.Select(key =>
                new[] { key.Prefix, Figures.Count(key.Added), Figures.Count(key.Removed), Figures.Count(key.Changed) })]);
        return difference is { Keys: null, Prefixes.IsEmpty: false }
            ? TextTable.Of(["prefix", "before", "after"], [.. difference.Prefixes.Select(change =>
                new[] { change.Prefix, Figures.Count(change.Before), Figures.Count(change.After) })])
            : [];
    }

    private static IEnumerable<string> Lines(InsideDataset redis) =>
    [
        $"redis {redis.RedisVersion ?? "of an unknown version"}, RDB version {redis.RdbVersion}{(redis.TakenBy is { } way ? $", taken by {way}" : "")}: "
            + $"{Figures.Count(redis.Keys)} keys, {Figures.Count(redis.Expiring)} of them expire",
        .. TextTable.Of(["prefix", "keys", "in the dump", "expire", "shortest", "longest"], [.. redis.Prefixes.Select(prefix => new[]
        {
            prefix.Prefix, Figures.Count(prefix.Keys), Figures.Bytes(prefix.Bytes), Figures.Count(prefix.Expiring), Left(prefix.ShortestTtlSeconds), Left(prefix.LongestTtlSeconds),
        })]),
    ];

    private static string Left(long? seconds) => seconds is not { } left ? "" : left < 0 ? "expired" : Figures.Age(TimeSpan.FromSeconds(left));

    private static string Size(InsideFile file) => file.Kind == "file" ? Figures.Bytes(file.Size) : file.Kind == "hardLink" ? "link" : "symlink";

    private static IEnumerable<string> Listed(string mark, ImmutableArray<string> texts) =>
        texts.Take(MostLines).Select(text => $"  {mark} {EntryPath.Shown(text)}").Concat(More(texts.Length));

    private static IEnumerable<string> More(int count) => count > MostLines ? [$"  … and {count - MostLines} more; --json has all"] : [];
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupInside))]
[JsonSerializable(typeof(InsideDifference))]
internal sealed partial class InspectContext : JsonSerializerContext;
