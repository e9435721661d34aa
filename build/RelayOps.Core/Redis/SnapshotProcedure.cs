using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Redis;

/// <summary>How the dataset of a moment is had from a running Redis.</summary>
public enum SnapshotMethod
{
    /// <summary>
    /// Redis forks and saves its own dump, which is then read as a file. The rule: the fork lives only as long as a local save takes,
    /// however slow the link, and reading a file is cheaper than redis-cli's stream (1 GB: 16 s against 23 s through docker).
    /// </summary>
    BackgroundSave,

    /// <summary>
    /// Redis sends the dataset as to a replica. Writes nothing on the server, so it serves where Redis cannot save: a full disk,
    /// or a last save that failed. Its fork lives as long as the transfer, and its size is known only at its end.
    /// </summary>
    Replication,
}

/// <summary>Takes a point-in-time snapshot and leaves Redis as it was found.</summary>
public static class SnapshotProcedure
{
    /// <summary>
    /// $1 seconds to wait, then redis-cli's arguments. A save that already runs began before us: it is waited for and another begun.
    /// Prints <c>ended STATUS TIME</c>, <c>refused REPLY</c>, <c>busy</c> (somebody else's child never ended) or <c>slow</c>.
    /// </summary>
    private const string SaveScript = RedisServer.Login + """
        limit=$(( $(date +%s) + $1 )); shift
        value() { printf '%s\n' "$state" | sed -n "s/^$1://p"; }
        while :; do
          reply=$(redis-cli "$@" BGSAVE 2>&1)
          case $reply in
            'Background saving started'*) break ;;
            *'in progress'*|*'child process is active'*) ;;
            *) printf 'refused %s\n' "$reply"; exit 0 ;;
          esac
          if [ "$(date +%s)" -ge "$limit" ]; then echo busy; exit 0; fi
          sleep 0.2
        done
        while :; do
          state=$(redis-cli "$@" INFO persistence | tr -d '\r')
          case $(value rdb_bgsave_in_progress) in
            0) break ;;
            1) ;;
            *) echo 'refused redis went away while it saved'; exit 0 ;;
          esac
          if [ "$(date +%s)" -ge "$limit" ]; then echo slow; exit 0; fi
          sleep 0.1
        done
        printf 'ended %s %s\n' "$(value rdb_last_bgsave_status)" "$(value rdb_last_save_time)"
        """;

    /// <summary>
    /// The wait for more replicas and, before 7, the detour over a file are switched off for the moment and put back, whatever happens;
    /// a second signal, after the first that ended it, must not stop that.
    /// </summary>
    private const string ReplicateScript = RedisServer.Login + """
        delay=$(redis-cli "$@" CONFIG GET repl-diskless-sync-delay | sed -n 2p)
        diskless=$(redis-cli "$@" CONFIG GET repl-diskless-sync | sed -n 2p)
        back() {
          trap '' HUP INT TERM PIPE
          if [ -n "$delay" ]; then redis-cli "$@" CONFIG SET repl-diskless-sync-delay "$delay" >/dev/null; fi
          if [ -n "$diskless" ]; then redis-cli "$@" CONFIG SET repl-diskless-sync "$diskless" >/dev/null; fi
        }
        trap 'back "$@"' EXIT
        trap 'exit 143' HUP INT TERM PIPE
        redis-cli "$@" CONFIG SET repl-diskless-sync-delay 0 >/dev/null
        redis-cli "$@" CONFIG SET repl-diskless-sync yes >/dev/null
        redis-cli "$@" --rdb -
        """;

    /// <summary>
    /// A save that fails makes Redis refuse writes (MISCONF), so none is begun that is bound to: after one that failed, or with less
    /// free space than the dataset takes in memory, which no RDB of it exceeds.
    /// </summary>
    public static (SnapshotMethod Method, string? Why) Choose(RedisServer redis)
    {
        if (redis.LastSaveFailed)
            return (SnapshotMethod.Replication, "its last save failed (rdb_last_bgsave_status)");
        if (redis.FreeBytes is { } free && free < redis.UsedMemory)
            return (SnapshotMethod.Replication, $"{free >> 20} MiB free on its disk may not hold a dump of {redis.UsedMemory >> 20} MiB in memory");
        return (SnapshotMethod.BackgroundSave, null);
    }

    public static HostCommand SaveCommand(RedisEndpoint endpoint, TimeSpan limit) => endpoint.Route.Run(HostCommand.ChangingScript(
        SaveScript, [Math.Ceiling(limit.TotalSeconds).ToString(CultureInfo.InvariantCulture), .. endpoint.CliArguments]));

    public static HostCommand ReplicateCommand(RedisEndpoint endpoint) =>
        endpoint.Route.Run(HostCommand.ChangingScript(ReplicateScript, [.. endpoint.CliArguments]));

    /// <summary>Has Redis save its dump. Null when it did; else why not, in which case another way must be taken.</summary>
    /// <exception cref="RelayOpsException">It saves, but not within <paramref name="limit"/>.</exception>
    public static async Task<string?> SaveAsync(IHost host, RedisServer redis, TimeSpan limit, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(SaveCommand(redis.Endpoint, limit), redis.Credentials, cancellationToken);
        var said = FirstLine.Of(result.Output);
        return said.Split(' ') switch
        {
            ["ended", "ok", ..] => null,
            ["ended", ..] => "its background save failed; its log says why",
            ["busy" or "slow"] => throw new RelayOpsException($"{redis.Endpoint.Name} did not finish saving",
                $"BGSAVE still ran after {limit.TotalSeconds:0} s", "check free memory and disk on the server, or raise --redis-save-timeout"),
            ["refused", .. var reply] => $"it refused BGSAVE: {string.Join(' ', reply)}",
            _ => $"BGSAVE could not be asked for: {FirstLine.Of(result.Exit.Error)}",
        };
    }
}
