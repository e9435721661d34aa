using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Gives the staged dataset the names and the layout that this server's Redis loads.</summary>
public sealed class StagedDataset(IHost host, RestoreTarget target, IReporter reporter)
{
    /// <summary>
    /// A Redis with appendonly yes ignores a dump and saves an empty one over it, so the dataset becomes the base of the append-only file too.
    /// From Redis 7 on that base is never written in place, and a dump is replaced by renaming, so both may be one file; before, commands are
    /// appended to the very file, so it is a copy. With appendonly no there is no append-only file: a Redis that is switched to it one day
    /// would load that old state instead of its newest dump. $1 directory, $2 dump, $3 layout (dir, file or none), $4 append directory, $5 append file.
    /// </summary>
    private const string LayOutScript = """
        cd "$1" || exit 66
        own=$(stat -c %u:%g dump.rdb) || exit 66
        if [ "$2" != dump.rdb ]; then mv dump.rdb "$2" || exit 74; fi
        case $3 in
          dir)
            mkdir -m 700 "$4" || exit 74
            ln "$2" "$4/$5.1.base.rdb" 2>/dev/null || cp -p "$2" "$4/$5.1.base.rdb" || exit 74
            printf 'file %s.1.base.rdb seq 1 type b\n' "$5" > "$4/$5.manifest" && chmod 600 "$4/$5.manifest" || exit 74
            chown "$own" "$4" "$4/$5.manifest" || exit 74 ;;
          file) cp -p "$2" "$5" || exit 74 ;;
        esac
        sync
        """;

    /// <summary>
    /// Inside a throwaway container of the server's own Redis image: what loads here, loads there. $1 append-only or not, $2 append directory,
    /// $3 append file, $4 whether a torn tail may be cut. Leaves one dump and nothing else.
    /// </summary>
    private const string ConvertScript = """
        cd /data || exit 66
        own=$(stat -c %u:%g . ); f=$(find . -name '*.rdb' -o -name '*.aof' | head -n 1); [ -z "$f" ] || own=$(stat -c %u:%g "$f")
        set -- --dir /data --dbfilename dump.rdb --port 0 --unixsocket /tmp/redis.sock --save '' --appendonly "$1" --appendfilename "$3" --aof-load-truncated "$4" ${2:+--appenddirname "$2"}
        redis-server "$@" > /tmp/redis.log 2>&1 &
        server=$!
        ask() { redis-cli -s /tmp/redis.sock "$@" 2>&1; }
        until ask PING | grep -q PONG && ask INFO persistence | grep -q '^loading:0'; do
          if ! kill -0 "$server" 2>/dev/null; then tail -n 3 /tmp/redis.log >&2; exit 65; fi
          sleep 0.1
        done
        ask INFO keyspace | tr -d '\r' | sed -n 's/^db\([0-9]*\):keys=\([0-9]*\),expires=\([0-9]*\).*/db \1 \2 \3/p'
        if [ "$(ask SAVE)" != OK ]; then tail -n 3 /tmp/redis.log >&2; exit 65; fi
        ask SHUTDOWN NOSAVE >/dev/null
        wait "$server"
        for f in * .[!.]*; do if [ "$f" != dump.rdb ]; then rm -rf "./$f"; fi; done
        chown "$own" dump.rdb && chmod 600 dump.rdb
        """;

    private string StagedDirectory(RestorePlan plan) => $"{target.Survey.Path}/{plan.Staging}/{RedisFinder.DataDirectory}";

    public HostCommand LayOutCommand(RestorePlan plan) => target.Owner.Run(LayOutCommand(StagedDirectory(plan), target.Files));

    /// <param name="directory">Has a dump and nothing else.</param>
    public static HostCommand LayOutCommand(string directory, RedisFiles files) => HostCommand.ChangingScript(LayOutScript,
        directory, files.DumpName, Layout(files), files.AppendDirectory, files.AppendName);

    private static string Layout(RedisFiles files) => !files.IsAppendOnly ? "none" : files.HasAppendOnlyDirectory ? "dir" : "file";

    /// <exception cref="RelayOpsException">This Redis cannot load it (<see cref="ExitStatus.BadBackup"/>); nothing was changed.</exception>
    /// <returns>What Redis must answer once it has loaded it.</returns>
    public async Task<DatasetCounts?> PrepareAsync(RestoreRequest request, RestorePlan plan, ArchiveContents backup, CancellationToken cancellationToken)
    {
        var expected = backup.Manifest?.Redis?.Counts;
        if (plan.Converts)
        {
            using var phase = reporter.Begin("loading the old dataset on trial");
            var result = await host.RunAsync(ConvertCommand(request, plan, backup), cancellationToken);
            if (!result.Succeeded)
                throw new RelayOpsException("this redis cannot load the backup's dataset", FirstLine.Of(result.Exit.Error),
                    "restore another backup, or use the redis version that it came from", ExitStatus.BadBackup);
            expected = KeyCensus.Parse(result.Output);
        }

        var laidOut = await host.RunAsync(LayOutCommand(plan), cancellationToken);
        if (!laidOut.Succeeded)
            throw new RelayOpsException($"cannot lay out the dataset on {host.Name}", FirstLine.Of(laidOut.Exit.Error), "nothing was changed; check its disk");
        return expected;
    }

    /// <summary>The names of an append-only file are its writer's, the dump's is Redis' own default.</summary>
    public HostCommand ConvertCommand(RestoreRequest request, RestorePlan plan, ArchiveContents backup)
    {
        var docker = target.Services.Docker;
        var image = target.Services.Redis.FirstOrDefault()?.ImageId;
        if (docker is null || image is null)
            throw new RelayOpsException("cannot load an archive of the older scripts here", "no redis image of the deployment is at hand to convert it",
                "start the deployment once (docker compose up -d redis), and restore again", ExitStatus.WrongUse);
        var (append, directory, file) = FindAppendOnly(backup);
        return docker.Changing("run", "--rm", "-i", "--network", "none", "-u", "0:0",
            "--mount", $"type=bind,\"source={StagedDirectory(plan)}\",target=/data", "--entrypoint", "", image,
            "sh", "-c", ConvertScript, "sh", append ? "yes" : "no", directory ?? "", file, request.AllowTorn ? "yes" : "no").Waiting(plan.ReadingTime);
    }

    private static (bool Append, string? Directory, string File) FindAppendOnly(ArchiveContents backup)
    {
        var names = backup.Entries.Where(entry => entry.Path.StartsWith("redis_data/", StringComparison.Ordinal) && entry.Size > 0)
            .Select(entry => entry.Path["redis_data/".Length..].Split('/')).ToList();
        if (names.Find(name => name.Length == 2 && name[1].EndsWith(".manifest", StringComparison.Ordinal)) is [var directory, var manifest])
            return (true, directory, manifest[..^".manifest".Length]);
        return names.Find(name => name.Length == 1 && name[0].EndsWith(".aof", StringComparison.Ordinal)) is [var file]
            ? (true, null, file) : (false, null, "appendonly.aof");
    }
}
