using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>
/// A Redis that runs on the server itself, and what it takes to stop it and to start the same again. It stands in the journal, since a
/// Redis that is stopped tells nothing any more. No secrets.
/// </summary>
public sealed record NativeRedis
{
    /// <summary>Redis saves before it ends: a shorter patience gives up in the middle.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(10);

    public required int ProcessId { get; init; }

    /// <summary>In ticks since the machine's start: with it the process id names one process for good.</summary>
    public required string StartTime { get; init; }

    /// <summary>The unit of systemd that runs it; null for a process that nobody looks after.</summary>
    public string? Unit { get; init; }

    public required string Program { get; init; }

    /// <summary>Null where the unit alone knows how it is started.</summary>
    public string? Configuration { get; init; }

    public required string UserId { get; init; }

    public required string GroupId { get; init; }

    /// <summary>In octal.</summary>
    public required string Umask { get; init; }

    /// <summary>The file that its standard output goes to, or <c>/dev/null</c>.</summary>
    public required string Output { get; init; }

    /// <summary>Host and port for redis-cli; never the password.</summary>
    public required ImmutableArray<string> CliArguments { get; init; }

    /// <summary>For people.</summary>
    public override string ToString() => Unit ?? string.Create(CultureInfo.InvariantCulture, $"redis (process {ProcessId})");

    public bool Equals(NativeRedis? other) => other is not null && ProcessId == other.ProcessId && StartTime == other.StartTime;

    public override int GetHashCode() => HashCode.Combine(ProcessId, StartTime);

    /// <summary>
    /// A Redis works in its data directory: the process of this program that stands there, under whatever name the directory has now, is the
    /// one. Its children save for it. $1 the deployment, $2 the program, $3 another name of the directory or -.
    /// </summary>
    private const string Common = """
        cd "$1" || exit 66
        program=$2 aside=$3
        shift 3
        field() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f "$2"; }
        found() {
          all=' '
          for p in /proc/[0-9]*; do
            if [ "$p/exe" -ef "$program" ]; then
              for d in redis_data "$aside"; do if [ "$p/cwd" -ef "$d" ]; then all="$all${p#/proc/} "; break; fi; done
            fi
          done
          for p in $all; do case $all in *" $(field "$p" 2) "*) ;; *) echo "$p" ;; esac; done
        }

        """;

    /// <summary>
    /// Never by force: a Redis that cannot save does not end, and goes on serving. $1 seconds, $2 unit or -, $3 process:start of the only one
    /// to stop or -.
    /// </summary>
    private const string StopScript = Common + """
        limit=$(( $(date +%s) + $1 )) unit=$2 only=$3
        if [ "$only" != - ]; then
          for p in $(found); do
            if [ "$p:$(field "$p" 20)" != "$only" ]; then echo "process $p has taken the place of the redis that was looked at" >&2; exit 70; fi
          done
        fi
        if [ "$unit" != - ]; then systemctl --no-ask-password stop "$unit" || exit 70
        else for p in $(found); do kill -s TERM "$p" || exit 70; done
        fi
        while left=$(found) && [ -n "$left" ]; do
          if [ "$(date +%s)" -ge "$limit" ]; then echo "redis still runs in process $left" >&2; exit 70; fi
          sleep 0.05
        done
        """;

    /// <summary>
    /// What runs already needs no starting. $1 user, $2 group, $3 umask, $4 output, $5 unit or -, $6 configuration file.
    /// </summary>
    private const string StartScript = Common + """
        if [ "$5" != - ]; then exec systemctl --no-ask-password start "$5"; fi
        if [ -n "$(found)" ]; then exit 0; fi
        user=$1 group=$2 output=$4
        cd redis_data && umask "$3" || exit 66
        set -- "$program" "$6"
        if [ "$(id -u)" != "$user" ]; then
          if setpriv --reuid "$user" --regid "$group" --init-groups true 2>/dev/null; then set -- setpriv --reuid "$user" --regid "$group" --init-groups "$@"
          elif setpriv --reuid "$user" --regid "$group" --clear-groups true 2>/dev/null; then set -- setpriv --reuid "$user" --regid "$group" --clear-groups "$@"
          else set -- su -s /bin/sh "$(awk -F : -v id="$user" '$3 == id { print $1; exit }' /etc/passwd)" -c 'exec "$0" "$1"' "$@"
          fi
        fi
        if command -v setsid >/dev/null 2>&1; then set -- setsid "$@"; fi
        nohup "$@" </dev/null >>"$output" 2>&1 &
        """;

    /// <summary>An answer alone is not enough: it must be the one on this data. $1 seconds, then redis-cli's arguments.</summary>
    private const string ReadyScript = Common + """
        limit=$(( $(date +%s) + $1 )) absent=0
        shift
        while :; do
          said=$(redis-cli "$@" PING 2>&1)
          if [ -n "$(found)" ]; then
            absent=0
            case $said in PONG*|NOAUTH*|*"Authentication required"*) echo ready; exit 0 ;; esac
          else absent=$((absent + 1))
          fi
          if [ "$absent" -ge 20 ]; then echo 'it ended'; exit 1; fi
          if [ "$(date +%s)" -ge "$limit" ]; then printf '%s\n' "$said"; exit 1; fi
          sleep 0.1
        done
        """;

    /// <summary>The very process that was looked at, and no other.</summary>
    public HostCommand StopCommand(ServerSurvey survey) => Run(survey, HostCommand.ChangingScript(StopScript,
        [.. Place(survey, aside: null), Seconds(StopPatience), Unit ?? "-", $"{ProcessId}:{StartTime}"]));

    /// <summary>Whichever runs on the data by now.</summary>
    /// <param name="survey">Whose rights it takes.</param>
    /// <param name="aside">What the former data directory is called meanwhile.</param>
    public HostCommand StopAnyCommand(ServerSurvey survey, string? aside) => Run(survey, HostCommand.ChangingScript(StopScript,
        [.. Place(survey, aside), Seconds(StopPatience), Unit ?? "-", "-"]));

    public HostCommand StartCommand(ServerSurvey survey) => Run(survey, HostCommand.ChangingScript(StartScript,
        [.. Place(survey, aside: null), UserId, GroupId, Umask, Output, Unit ?? "-", Configuration ?? "-"]));

    /// <summary>Prints <c>ready</c>, or fails with why not.</summary>
    public HostCommand ReadyCommand(ServerSurvey survey, TimeSpan limit) => Run(survey, HostCommand.ReadingScript(ReadyScript,
        [.. Place(survey, aside: null), Seconds(limit), .. CliArguments]));

    /// <summary>Who may signal it and start it under its own user: root, or its user.</summary>
    internal static HostCommand Run(ServerSurvey survey, HostCommand command) =>
        survey.User != "root" && survey.CanSudo ? command.Through("sudo", "-n") : command;

    private IEnumerable<string> Place(ServerSurvey survey, string? aside) => [survey.Path, Program, aside ?? "-"];

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
