using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Restore;

/// <summary>What a restore will do, decided before it begins; a dry run prints it and stops there.</summary>
public sealed record RestorePlan
{
    /// <summary>Names the safety copies and the staging directory.</summary>
    public required string Stamp { get; init; }

    public required ImmutableArray<ExchangedItem> Items { get; init; }

    /// <summary>Entries that are sent, in the archive's order.</summary>
    public required ImmutableArray<ArchivedEntry> Sent { get; init; }

    /// <summary>Containers that stop, Redis among them where its data are exchanged.</summary>
    public required ImmutableArray<Container> Stopped { get; init; }

    /// <summary>The Redis that stops where it runs on the server itself.</summary>
    public NativeRedis? Native { get; init; }

    public required bool HasRedis { get; init; }

    /// <summary>Containers are made anew by compose, since what compose reads changes.</summary>
    public required bool Recreates { get; init; }

    /// <summary>The archive has no dump of its own making: Redis itself makes one of what there is, before anything stops.</summary>
    public required bool Converts { get; init; }

    /// <summary>On the server, for the staged files.</summary>
    public required long RequiredBytes { get; init; }

    /// <summary>What a slow disk takes to read all of it once, at 10 MB a second.</summary>
    public TimeSpan ReadingTime => TimeSpan.FromSeconds(RequiredBytes / 1e7);

    public required ImmutableArray<string> Notes { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>Below the deployment.</summary>
    public string Staging => $".relayops/staging-{Stamp}";

    /// <summary>The dump alone: half of <see cref="RequiredBytes"/> at most.</summary>
    public long DatasetBytes => Sent.Where(entry => ArchiveContents.PartOf(entry.Path) == DeploymentParts.Redis).Sum(entry => entry.Size);

    /// <exception cref="RelayOpsException">The backup does not fit this server.</exception>
    public static RestorePlan Make(RestoreRequest request, RestoreSource source, ArchiveContents backup, RestoreTarget target, string stamp)
    {
        var environment = EnvironmentChoice.Make(
            request, backup, target.Deployment.Environment, target.Config, target.Deployment.ComposeTexts, source.FitsKey);
        var notes = environment.Notes.ToList();
        var directories = Directories(request, backup, notes);
        var ours = backup.Manifest?.Redis is not null && backup.Find("redis_data/dump.rdb") is not null;
        var hasRedis = directories.Contains(RedisFinder.DataDirectory);
        var sent = backup.Entries.Where(entry => IsSent(entry, directories, environment.Restored, ours)).ToImmutableArray();
        var items = directories.Concat(environment.Restored);
        if (!items.Any())
            throw new RelayOpsException($"backup {source.Name} has nothing to restore", "none of the parts asked for is in it, or the server's are kept",
                "run the Inspect target, and choose with --only and --env", ExitStatus.WrongUse);
        var plan = new RestorePlan
        {
            Stamp = stamp,
            Items = Exchange.InOrder(items.Select(name => new ExchangedItem(name, $".relayops/staging-{stamp}/{name}", $"{name}.bak.{stamp}"))),
            Sent = sent,
            HasRedis = hasRedis,
            Recreates = environment.Restored.Length > 0 && !target.Deployment.Containers.IsEmpty,
            Native = hasRedis ? target.Native : null,
            Stopped = Stops(target, hasRedis || environment.Restored.Length > 0),
            Converts = hasRedis && !ours,
            RequiredBytes = sent.Where(entry => entry.Kind == EntryKind.File).Sum(entry => entry.Size),
            Notes = [.. notes],
            Warnings = environment.Warnings,
        };
        RestoreChecks.Demand(request, source, backup, target, plan);
        return plan;
    }

    private static ImmutableArray<string> Directories(RestoreRequest request, ArchiveContents backup, List<string> notes)
    {
        var wanted = new[] { (DeploymentParts.Data, "data"), (DeploymentParts.Logs, "logs"), (DeploymentParts.Redis, RedisFinder.DataDirectory) }
            .Where(pair => request.Parts.HasFlag(pair.Item1)).Select(pair => pair.Item2).ToList();
        foreach (var name in wanted.Where(name => !backup.Has(name)))
            notes.Add($"the backup has no {name}: the server's stays");
        return [.. wanted.Where(backup.Has)];
    }

    /// <summary>Of a dataset of ours the dump is enough: the append-only layout is made from it on the server.</summary>
    private static bool IsSent(ArchivedEntry entry, ImmutableArray<string> directories, ImmutableArray<string> config, bool ours) =>
        ArchiveContents.PartOf(entry.Path) switch
        {
            null => false,
            DeploymentParts.Config => config.Contains(entry.Path),
            DeploymentParts.Redis => directories.Contains(RedisFinder.DataDirectory)
                && (!ours || entry.Path is RedisFinder.DataDirectory or RedisFinder.DataDirectory + "/dump.rdb"),
            _ => directories.Contains(entry.Path.Split('/')[0]),
        };

    private static ImmutableArray<Container> Stops(RestoreTarget target, bool redisToo) =>
        [.. target.Services.Apps.Concat(redisToo ? target.Services.Redis : []).Where(container => container.IsRunning)];
}
