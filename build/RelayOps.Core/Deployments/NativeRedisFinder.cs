using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>Finds out how a Redis on the server itself is stopped and started again as it was, or why nobody but its owner should do that.</summary>
public sealed class NativeRedisFinder(IHost host, ServerSurvey survey)
{
    /// <summary>These start again what somebody else has stopped. PID 1 looks after its units, which are found by themselves.</summary>
    private static readonly string[] Supervisors =
        ["systemd", "supervisord", "runsv", "s6-supervise", "monit", "PM2", "containerd-shim", "conmon", "docker-init", "tini"];

    /// <summary>
    /// Redis writes its own title over its command line, so that its arguments are lost: its configuration file must say the same as Redis
    /// itself, or another Redis would be started than the one that was stopped. Both are compared here, for they hold the password.
    /// $1 process, $2 deployment, $3 program and $4 configuration file as Redis names them, then redis-cli's arguments.
    /// </summary>
    private const string Script = RedisServer.Login + """
        pid=$1 directory=$2 executable=$3 configuration=$4
        shift 4
        say() { printf '%s=%s\n' "$1" "$2"; }
        state=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null)
        if [ -z "$state" ]; then exit 0; fi
        say start "$(printf '%s' "$state" | cut -d ' ' -f 20)"
        parent=$(printf '%s' "$state" | cut -d ' ' -f 2)
        if [ "$parent" != 1 ]; then say parent "$(cat "/proc/$parent/comm" 2>/dev/null)"; fi
        say me "$(id -u)"
        awk '/^Uid:/ { print "user=" $3 } /^Gid:/ { print "group=" $3 } /^Umask:/ { print "umask=" $2 }' "/proc/$pid/status"
        say home "$(readlink "/proc/$pid/cwd" 2>/dev/null)"
        for c in "$executable" "$(dirname "$(readlink "/proc/$pid/exe" 2>/dev/null)")/redis-server" "$(command -v redis-server)" "$(command -v valkey-server)"; do
          if [ -x "$c" ] && [ "$c" -ef "/proc/$pid/exe" ]; then say program "$c"; break; fi
        done
        output=$(readlink "/proc/$pid/fd/1" 2>/dev/null)
        if [ -f "$output" ]; then say output "$output"; fi
        command=
        if command -v systemctl >/dev/null 2>&1; then
          unit=$(systemctl status --no-pager -n 0 "$pid" 2>/dev/null | awk 'NR == 1 { print $2 }')
          case $unit in *.service)
            if [ "$(systemctl show -p MainPID --value "$unit" 2>/dev/null)" = "$pid" ]; then
              say unit "$unit"
              command=$(systemctl show -p ExecStart --value "$unit")
            fi ;;
          esac
        fi
        lines() {
          while read -r first rest || [ -n "$first" ]; do
            case $first in
              '#'*|'') ;;
              [Ii]nclude)
                rest=${rest#\"}; rest=${rest%\"}
                case $rest in /*) for f in $rest; do if [ -f "$f" ]; then lines "$f"; fi; done ;; *) echo 'relative include' ;; esac ;;
              *) printf '%s %s\n' "$first" "$rest" ;;
            esac
          done < "$1"
        }
        if [ -n "$configuration" ] && [ -r "$configuration" ]; then
          say configuration "$configuration"
          text=$(lines "$configuration")
        else text=
        fi
        text="$text
        $(printf '%s' "$command" | awk '{ sub(/.*argv\[\]=/, ""); sub(/ ; .*/, ""); gsub(/ --/, "\n"); print }')"
        value() {
          v=$(printf '%s\n' "$text" | awk -v name="$1" 'tolower($1) == name { sub(/^[ \t]*[^ \t]+[ \t]*/, ""); sub(/[ \t\r]+$/, ""); last = $0; seen = 1 }
            END { if (seen) print last; else print "=" }')
          case $v in \"*\"|\'*\') v=${v#?}; v=${v%?} ;; =) v=$2 ;; esac
        }
        value relative ''
        if [ -n "$v" ]; then say differs include; fi
        value dir .
        case $v in .|./) ;; /*) if ! [ "$v" -ef "$directory/redis_data" ]; then say differs dir; fi ;; *) say differs dir ;; esac
        for pair in port=6379 tls-port=0 unixsocket= appendonly=no dbfilename=dump.rdb appendfilename=appendonly.aof appenddirname=appendonlydir requirepass=; do
          answer=$(redis-cli "$@" CONFIG GET "${pair%%=*}" 2>/dev/null)
          if [ -z "$answer" ]; then continue; fi
          value "${pair%%=*}" "${pair#*=}"
          if [ "$v" != "$(printf '%s\n' "$answer" | sed -n 2p)" ]; then say differs "${pair%%=*}"; fi
        done
        """;

    /// <param name="redis">It answers, and runs outside of docker.</param>
    /// <exception cref="RelayOpsException">It must not be stopped from here (<see cref="ExitStatus.WrongUse"/>); nothing was changed.</exception>
    public async Task<NativeRedis> GetAsync(RedisServer redis, CancellationToken cancellationToken)
    {
        var command = HostCommand.ReadingScript(Script, [$"{redis.ProcessId}", survey.Path, redis.Executable, redis.ConfigurationFile, .. redis.Endpoint.CliArguments]);
        var result = await host.RunAsync(NativeRedis.Run(survey, command), redis.Credentials, cancellationToken);
        if (!result.Succeeded)
            throw Refused($"its process cannot be looked at: {FirstLine.Of(result.Exit.Error)}", "check that the user may run commands there");
        var said = result.Output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2 && pair[1].Length > 0)
            .ToLookup(pair => pair[0], pair => pair[1]);
        return Judge(redis, name => said[name].FirstOrDefault(), [.. said["differs"]]);
    }

    private NativeRedis Judge(RedisServer redis, Func<string, string?> find, string[] differs)
    {
        var data = $"{survey.Path}/{RedisFinder.DataDirectory}";
        if (find("start") is not { } start)
            throw Refused("the process that it names is not to be found there", "it runs in a container or on another machine: check REDIS_HOST and REDIS_PORT in .env");
        if (find("home") is null || (find("me") is not "0" && find("me") != find("user")))
            throw Refused($"{survey.User} may not stop what another user runs", "allow sudo without a password, or log in as the user that redis runs as");
        if (find("home") != data)
            throw Refused($"it keeps its data in {find("home")}, not in {data}", "let its setting dir name the deployment's redis_data");
        if (find("program") is not { } program)
            throw Refused("its program is not on this server, or was replaced since it was started", "start it again once, by hand");
        DemandStart(find, differs, data);
        return new NativeRedis
        {
            ProcessId = redis.ProcessId,
            StartTime = start,
            Unit = find("unit"),
            Program = program,
            Configuration = find("configuration"),
            UserId = find("user")!,
            GroupId = find("group")!,
            Umask = find("umask") ?? "022",
            Output = find("output") ?? "/dev/null",
            CliArguments = redis.Endpoint.CliArguments,
        };
    }

    /// <summary>What is started afterwards must be what was stopped.</summary>
    private void DemandStart(Func<string, string?> find, string[] differs, string data)
    {
        var (unit, configuration) = (find("unit"), find("configuration"));
        if (unit is null && configuration is null)
            throw Refused("neither a systemd unit nor a readable configuration file tells how it is started",
                "start it as redis-server with a configuration file, or as a unit of systemd");
        if (unit is not null && find("me") is not "0")
            throw Refused($"{survey.User} may not stop {unit}", "allow sudo without a password, or log in as root");
        if (configuration?.StartsWith(data + "/", StringComparison.Ordinal) == true)
            throw Refused($"its configuration file {configuration} lies among the data that are exchanged", "move it out of redis_data, and start redis with it again");
        if (differs.Length > 0)
            throw Refused($"{configuration ?? unit} does not say what redis runs with ({string.Join(", ", differs)})",
                "write the running settings down (redis-cli CONFIG REWRITE), or start redis again by hand");
        if (unit is null && find("parent") is { } parent && Supervisors.FirstOrDefault(name => parent.StartsWith(name, StringComparison.Ordinal)) is { } supervisor)
            throw Refused($"{supervisor} looks after it and would start it again", $"run redis as a unit of the system's systemd, or stop it there first");
    }

    private static RelayOpsException Refused(string why, string next) => new("cannot restore this redis, which runs outside of docker", why,
        next + "; or restore the files alone (--only data+logs+config), or follow RECOVERY.md in the archive", ExitStatus.WrongUse);
}
