using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The server itself, and what operations have left on it.</summary>
internal static class ServerChecks
{
    /// <summary>Below that a restore has no room for its own files.</summary>
    private const long LeastBytes = 256L << 20;

    private static readonly ImmutableArray<string> Needed = ["tar", "find", "stat", "awk", "sed", "df", "du", "cat", "mv", "sync"];

    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        DoctorCheck.Gate("server.shell", "every step is a POSIX script", facts => facts.Server, server => Judgement.Passed($"a POSIX shell, as {server.User}")),
        new("server.rights", "Redis' own files are readable through docker or sudo alone", Rights),
        Check("tools", "these programs do the reading and the renaming", Tools),
        Check("compression", "what the server compresses need not travel", server => server.Tools.Overlaps(["zstd", "gzip"])
            ? Judgement.Passed(string.Join(", ", new[] { "zstd", "gzip" }.Where(server.Tools.Contains)))
            : Judgement.Warning("neither zstd nor gzip is there", "install zstd: without it everything travels uncompressed")),
        Check("writable", "lock and journal of an operation live in the deployment's directory", server => server.IsWritable || server.CanSudo
            ? Judgement.Passed(server.IsWritable ? "the user may write in the deployment's directory" : "through sudo")
            : Judgement.Error($"{server.User} may not write in the deployment's directory", $"make {server.User} its owner, or allow sudo without a password")),
        Check("disk", "Redis saves there, a restore keeps both datasets for a while, and a full disk turns Redis to MISCONF", Disk),
        Check("inodes", "a file system without inodes is full, whatever space is left", server => server.FreeInodes switch
        {
            null => Judgement.Passed("this file system does not count them"),
            < 0.01 => Judgement.Error($"{server.FreeInodes:P1} of the inodes are free", "delete what makes many small files there"),
            < 0.05 => Judgement.Warning($"{server.FreeInodes:P1} of the inodes are free", "delete what makes many small files there"),
            _ => Judgement.Passed($"{server.FreeInodes:P0} free"),
        }),
        Check("memory", "Redis forks to save, and needs what is written meanwhile twice", server =>
            server.MemoryTotal > 0 && server.MemoryAvailable < server.MemoryTotal / 20
                ? Judgement.Warning($"{Figures.Bytes(server.MemoryAvailable)} of {Figures.Bytes(server.MemoryTotal)} are available", "stop what else runs there, or add memory or swap")
                : Judgement.Passed($"{Figures.Bytes(server.MemoryAvailable)} of {Figures.Bytes(server.MemoryTotal)} are available")),
        Check("load", "a server without processor time is slow to save and to answer", server => server.Load > 4 * Math.Max(1, server.Cores)
            ? Judgement.Warning(Load(server), "see what runs there (top) before a restore") : Judgement.Passed(Load(server))),
        Check("clock", "a lock is stale, and a log line before another, by the server's clock", Clock),
        Check("lock", "one operation at a time", Lock),
        Check("journal", "until it is finished or undone nobody knows which data the service would run on", server => server.HasJournal && server.LockAge is not < 90
            ? Judgement.Error("a restore or rollback broke off here", "run Doctor --fix --confirm yes, or any of Backup, Restore and Rollback: each first finishes or undoes it by its journal",
                new Mending(MendingKind.Recovery, ".relayops/journal.json"))
            : Judgement.Passed(server.HasJournal ? "an operation is at work" : "no operation broke off")),
        Check("staging", "files that nobody will use take space", server => server.Staging.IsEmpty || server.HasJournal || server.LockAge is < 90
            ? Judgement.Passed("nothing is left")
            : Judgement.Warning($"{string.Join(", ", server.Staging)} belong to no operation", "delete them there once you know them: sudo rm -r")),
        Check("put-aside", "safety copies and those of older scripts hold secrets and take space", Aside),
    ];

    private static DoctorCheck Check(string name, string why, Func<ServerFacts, Judgement> judge) =>
        DoctorCheck.Of($"server.{name}", why, facts => facts.Server, judge);

    private static Judgement Rights(DoctorFacts facts) => (facts.Server.Facts, facts.Docker.Facts) switch
    {
        (null, _) => Judgement.NotChecked(facts.Server.Reason),
        ({ User: "root" }, _) => Judgement.Passed("root"),
        ({ } server, { Version: not null, NeedsSudo: false }) => Judgement.Passed($"{server.User} may use docker{(server.CanSudo ? ", and sudo without a password" : "")}"),
        ({ CanSudo: true } server, _) => Judgement.Passed($"{server.User} has sudo without a password"),
        ({ } server, _) => Judgement.Error($"{server.User} may neither use docker nor sudo without a password",
            $"on the server: sudo usermod -aG docker {server.User}, then log in again; or allow sudo without a password"),
    };

    private static Judgement Tools(ServerFacts server) => Needed.Where(tool => !server.Tools.Contains(tool)).ToList() is { Count: > 0 } missing
        ? Judgement.Error($"missing: {string.Join(", ", missing)}", "install them (coreutils, tar, findutils, gawk, sed), or busybox, which has all")
        : Judgement.Passed("all there");

    private static Judgement Disk(ServerFacts server)
    {
        var found = $"{Figures.Bytes(server.FreeBytes)} of {Figures.Bytes(server.TotalBytes)} are free";
        const string next = "free disk space there: old *.bak.* directories, docker image prune, logs";
        return server.FreeBytes < LeastBytes ? Judgement.Error(found, next)
            : server.FreeBytes < server.TotalBytes / 10 ? Judgement.Warning(found, next) : Judgement.Passed(found);
    }

    private static string Load(ServerFacts server) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"load {server.Load:0.00} on {server.Cores} {(server.Cores == 1 ? "core" : "cores")}");

    private static Judgement Clock(ServerFacts server)
    {
        var skew = server.ClockSkew.Duration();
        var found = $"{Figures.Duration(skew)} {(server.ClockSkew > TimeSpan.Zero ? "ahead of" : "behind")} this machine's";
        const string next = "timedatectl set-ntp true, on whichever of the two is wrong";
        return skew > TimeSpan.FromHours(1) ? Judgement.Error(found, next) : skew > TimeSpan.FromMinutes(1) ? Judgement.Warning(found, next)
            : Judgement.Passed("agrees with this machine's");
    }

    private static Judgement Lock(ServerFacts server) => server.LockAge switch
    {
        null => Judgement.Passed("nobody holds the deployment"),
        { } age when age > DeploymentLock.StaleAfter.TotalSeconds => Judgement.Warning(
            $"{server.LockOwner ?? "somebody"} left a lock behind and has not renewed it for {Figures.Duration(TimeSpan.FromSeconds(age))}", "the next operation takes it over by itself"),
        _ => Judgement.Warning($"{server.LockOwner ?? "somebody"} is at work", "wait for it to end, or pass --lock-wait"),
    };

    private static Judgement Aside(ServerFacts server)
    {
        if (server.Aside.IsEmpty)
            return Judgement.Passed("nothing was put aside");
        var names = server.Aside.Keys.Order(StringComparer.Ordinal).ToList();
        var found = $"{string.Join(", ", names.Take(4))}{(names.Count > 4 ? $" and {names.Count - 4} more" : "")}: at least {Figures.Bytes(server.Aside.Values.Sum())}";
        // A rollback needs the newest of each part, so a few are as they should be.
        return names.Count <= 8 && server.Aside.Values.Sum() < server.FreeBytes / 4 ? Judgement.Passed(found)
            : Judgement.Warning(found, "delete there what no Rollback needs: sudo rm -r, the oldest first");
    }
}
