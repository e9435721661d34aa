using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The Redis of the deployment, asked itself.</summary>
internal static class RedisChecks
{
    /// <summary>Redis 8.2 writes RDB version 12, 8.4 version 13; what comes after is not known.</summary>
    private const int NewestMajor = 8;

    private const int OldestMajor = 5;

    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        DoctorCheck.Gate("redis.answers", "it holds everything that the service knows", facts => facts.Redis,
            redis => Judgement.Passed($"{redis.Name}: PONG, {Figures.Count(redis.Keys)} keys")),
        Check("version", "what it saves has to be read, verified and loaded again", redis => Major(redis.Version) switch
        {
            null => Judgement.Warning($"its version '{redis.Version}' is unknown", "Verify reads what it saved, and fails where it cannot"),
            < OldestMajor => Judgement.Error($"redis {redis.Version} is older than {OldestMajor}", "put a newer redis image into the compose file"),
            > NewestMajor => Judgement.Warning($"redis {redis.Version} is newer than those that are known", "Verify reads what it saved, and fails where it cannot"),
            < 6 => Judgement.Warning($"redis {redis.Version} gets no more fixes", "put a newer redis image into the compose file"),
            _ => Judgement.Passed(redis.Version),
        }),
        Check("loading", "a snapshot taken meanwhile would hold a part of the data", redis => redis.IsLoading
            ? Judgement.Error("it is still loading its data", "wait until redis-cli INFO persistence says loading:0") : Judgement.Passed("it has loaded its data")),
        Check("persistence", "without it every restart of the container loses everything", redis => redis switch
        {
            { IsAppendOnly: false, Save: "" } => Judgement.Error("it neither appends (appendonly no) nor saves", "command: redis-server --save 60 1 --appendonly yes in the compose file"),
            { IsAppendOnly: false } => Judgement.Warning($"it saves ({redis.Save}) but does not append: a crash loses what came after the last save", "--appendonly yes"),
            _ => Judgement.Passed($"appendonly yes, save '{redis.Save}'"),
        }),
        Check("last-save", "after a save that failed, Redis refuses every write (MISCONF)", redis => redis.LastSaveStatus is "ok" or ""
            ? Judgement.Passed("the last save went well")
            : Judgement.Error($"the last save failed (rdb_last_bgsave_status:{redis.LastSaveStatus})", "free disk and memory there, see its log, then redis-cli BGSAVE")),
        Check("append", "what is not appended is lost at a restart", redis => redis is { AofWriteStatus: "ok" or "", AofRewriteStatus: "ok" or "" }
            ? Judgement.Passed("appending and rewriting go well")
            : Judgement.Error($"aof_last_write_status:{redis.AofWriteStatus}, aof_last_bgrewrite_status:{redis.AofRewriteStatus}", "free disk there, see its log, then redis-cli BGREWRITEAOF")),
        Check("eviction", "keys that are evicted are accounts and API keys that are gone", Eviction),
        Check("role", "writes go to the primary, and a backup should be of what is written to", redis => redis.Role is "master" or ""
            ? Judgement.Passed("a primary") : Judgement.Warning($"it is a replica (role:{redis.Role})", "back the primary up, or run: redis-cli REPLICAOF NO ONE")),
        Check("disk", "with less space than the dataset takes, a save is bound to fail", redis => redis.FreeBytes is { } free && free < redis.UsedMemory
            ? Judgement.Warning($"{Figures.Bytes(free)} free for a dataset of {Figures.Bytes(redis.UsedMemory)}", "free disk space there; backups come over the replication stream meanwhile")
            : Judgement.Passed(redis.FreeBytes is { } bytes ? $"{Figures.Bytes(bytes)} free for a dataset of {Figures.Bytes(redis.UsedMemory)}" : "it does not say how much is free")),
        new("redis.fork-memory", "while it saves, what is written meanwhile is in memory twice", ForkMemory),
        new("redis.overcommit", "without overcommit the fork for a save fails as soon as memory is half full", Overcommit),
        new("redis.huge-pages", "with transparent huge pages a save copies far more memory, and clients wait for it", HugePages),
        Check("exposed", "whoever reaches Redis reads and writes every account", Exposed),
        new("redis.data-directory", "what a restore puts there has to be what Redis loads", DataDirectory),
    ];

    private static DoctorCheck Check(string name, string why, Func<RedisFacts, Judgement> judge) =>
        DoctorCheck.Of($"redis.{name}", why, facts => facts.Redis, judge);

    private static Judgement Eviction(RedisFacts redis) => redis switch
    {
        { MaxMemory: 0 } => Judgement.Passed("no maxmemory"),
        { EvictionPolicy: "noeviction" } => redis.UsedMemory > redis.MaxMemory / 10 * 9
            ? Judgement.Warning($"{Figures.Bytes(redis.UsedMemory)} of maxmemory {Figures.Bytes(redis.MaxMemory)} are used: beyond it writes are refused", "raise maxmemory")
            : Judgement.Passed($"noeviction, {Figures.Bytes(redis.UsedMemory)} of {Figures.Bytes(redis.MaxMemory)} used"),
        _ => Judgement.Error($"maxmemory {Figures.Bytes(redis.MaxMemory)} with {redis.EvictionPolicy}: keys are thrown away when it is reached",
            "--maxmemory-policy noeviction in the compose file, and enough memory"),
    };

    private static Judgement ForkMemory(DoctorFacts facts)
    {
        if (facts is not { Redis.Facts: { } redis, Server.Facts: { } server })
            return Judgement.NotChecked(facts.Redis.Facts is null ? facts.Redis.Reason : facts.Server.Reason);
        var room = redis.MemoryLimit > 0 ? Math.Min(server.MemoryAvailable, redis.MemoryLimit - redis.UsedMemory) : server.MemoryAvailable;
        var found = $"{Figures.Bytes(redis.UsedMemory)} used, {Figures.Bytes(Math.Max(0, room))} more at hand";
        return room < redis.UsedMemory / 4 ? Judgement.Warning(found, redis.MemoryLimit > 0 ? "raise the container's memory limit" : "add memory or swap") : Judgement.Passed(found);
    }

    private static Judgement Overcommit(DoctorFacts facts) => facts switch
    {
        { Redis.Facts: null } => Judgement.NotChecked(facts.Redis.Reason),
        { Server.Facts: null } => Judgement.NotChecked(facts.Server.Reason),
        { Server.Facts.Overcommit: null } => Judgement.NotChecked("the kernel does not say"),
        { Server.Facts.Overcommit: 1 } => Judgement.Passed("vm.overcommit_memory = 1"),
        var other => Judgement.Warning($"vm.overcommit_memory = {other.Server.Facts.Overcommit}",
            "sudo sysctl vm.overcommit_memory=1, and vm.overcommit_memory = 1 in /etc/sysctl.d/90-redis.conf"),
    };

    private static Judgement HugePages(DoctorFacts facts) => facts switch
    {
        { Redis.Facts: null } => Judgement.NotChecked(facts.Redis.Reason),
        { Server.Facts: null } => Judgement.NotChecked(facts.Server.Reason),
        { Server.Facts.HugePages: { } pages } when pages.Contains("[always]", StringComparison.Ordinal) => Judgement.Warning($"transparent huge pages: {pages}",
            "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled, at each boot"),
        var other => Judgement.Passed(other.Server.Facts.HugePages ?? "this kernel has none"),
    };

    private static Judgement Exposed(RedisFacts redis)
    {
        if (redis.Listening?.NotKnown is { } unknown)
            return Judgement.NotChecked(unknown);
        if (redis.Exposed.IsEmpty)
            return Judgement.Passed($"no address of the server leads to it{(redis.HasPassword ? "" : "; no password")}");
        var found = $"{string.Join(", ", redis.Exposed)} leads to it";
        if (redis is { Listening.IsProtected: true, HasPassword: false })
            return Judgement.Passed($"{found}, and its protected mode turns all but the server itself away; no password");
        var next = redis.Listening is null ? "take its ports: out of the compose file, or bind them to 127.0.0.1; docker's ports pass by the server's firewall"
            : "bind 127.0.0.1 -::1 and requirepass in its configuration";
        return redis.HasPassword ? Judgement.Warning($"{found}, behind a password alone", next) : Judgement.Error($"{found}, without a password", next);
    }

    private static Judgement DataDirectory(DoctorFacts facts)
    {
        if (facts is not { Redis.Facts: { } redis, Deployment.Facts: { } deployment })
            return Judgement.NotChecked(facts.Redis.Facts is null ? facts.Redis.Reason : facts.Deployment.Reason);
        var expected = $"{deployment.Path}/{RedisFinder.DataDirectory}";
        return redis.DataDirectory?.TrimEnd('/') == expected ? Judgement.Passed(expected)
            : Judgement.Error(redis.DataDirectory is { } other ? $"its data are in {other}" : "its data are inside the container alone",
                $"mount ./{RedisFinder.DataDirectory}:/data in the compose file; a backup is possible as it is, a restore is not");
    }

    private static int? Major(string version) => int.TryParse(version.Split('.')[0], out var major) ? major : null;
}
