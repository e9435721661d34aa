using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>
/// A small process on the server while the service is stopped. When nobody has renewed its heartbeat for a while, the operator's machine has
/// vanished, and it brings the former data and containers back by itself.
/// </summary>
public sealed class Watchdog : IAsyncDisposable
{
    /// <summary>
    /// $1 directory, $2 seconds of silence it bears, then the ways back as lines of shell. It looks again after it has claimed the turn: a step
    /// that renews the heartbeat first and then finds the claim gives way, so never do both act. Not every sleep knows parts of a second.
    /// </summary>
    private const string LoopScript = """
        cd "$1/.relayops/watch" || exit 66
        limit=$2
        shift 2
        trap '' HUP PIPE
        echo $$ > pid
        silent() { [ $(( $(date +%s) - $(stat -c %Y heartbeat 2>/dev/null || echo 0) )) -gt "$limit" ]; }
        while sleep 0.2 2>/dev/null || sleep 1; do
          if [ -e disarmed ] || [ ! -e heartbeat ]; then rm -f pid; exit 0; fi
          silent || continue
          mkdir undoing || exit 0
          silent || { rmdir undoing; continue; }
          for line do eval "$line" || { echo "failed: $line" > failed; rm -f pid; exit 1; }; done
          touch undone
          rm -f pid
          exit 0
        done
        """;

    /// <summary>$1 directory, $2 the ssh user, who must be able to renew the heartbeat even where the directory is not theirs.</summary>
    private const string PrepareScript = """
        cd "$1" && mkdir -p .relayops && chmod 711 .relayops && cd .relayops || exit 74
        rm -rf watch && mkdir watch && : > watch/heartbeat || exit 74
        if [ "$(stat -c %U watch)" != "$2" ]; then chown -R "$2" watch || exit 74; fi
        """;

    private const string ArmScript = """
        if command -v setsid >/dev/null 2>&1; then detach=setsid; else detach=; fi
        nohup $detach sh -c "$@" </dev/null >/dev/null 2>&1 &
        n=0
        while [ ! -s "$3/.relayops/watch/pid" ]; do n=$((n + 1)); [ "$n" -lt 50 ] || exit 1; sleep 0.1; done
        """;

    private const string RenewScript = """[ ! -e "$1/.relayops/watch/undoing" ] && touch -c "$1/.relayops/watch/heartbeat" """;

    /// <summary>Tells it to end, waits while it acts, and prints what came of it. $1 directory, $2 the most seconds to wait.</summary>
    private const string DisarmScript = """
        cd "$1/.relayops/watch" 2>/dev/null || { echo absent; exit 0; }
        touch disarmed 2>/dev/null || rm -f heartbeat || exit 74
        n=0
        while [ -s pid ] && [ -d "/proc/$(cat pid)" ] && [ "$n" -lt $(( $2 * 20 )) ]; do sleep 0.05 2>/dev/null || sleep 1; n=$((n + 1)); done
        if [ -e undone ]; then echo undone; elif [ -e failed ]; then cat failed; else echo quiet; fi
        """;

    private readonly IHost _host;
    private readonly string _directory;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _renewing;
    private int _disposed;

    private Watchdog(IHost host, string directory, TimeSpan patience, TimeProvider time)
    {
        _host = host;
        _directory = directory;
        var beat = TimeSpan.FromSeconds(Math.Clamp(patience.TotalSeconds / 6, 0.5, 5));
        _renewing = RenewAsync(beat, time);
    }

    /// <summary>Cancelled when the server cannot be reached or the watchdog acts: whoever works under it must stop.</summary>
    public CancellationToken Lost => _lost.Token;

    public static HostCommand ArmCommand(string directory, TimeSpan patience, IEnumerable<HostCommand> back) => HostCommand.ChangingScript(
        ArmScript, [LoopScript, "sh", directory, Math.Ceiling(patience.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            .. back.Select(command => command.ToString())]);

    public static HostCommand DisarmCommand(string directory, TimeSpan patience) => HostCommand.ChangingScript(
        DisarmScript, directory, Math.Ceiling(patience.TotalSeconds).ToString(CultureInfo.InvariantCulture)).Waiting(patience);

    /// <param name="back">What brings the former state back, in order; run as the ssh user.</param>
    /// <exception cref="RelayOpsException">It does not start; nothing was changed.</exception>
    public static async Task<Watchdog> ArmAsync(
        IHost host, FileRoute writing, ServerSurvey survey, TimeSpan patience, IReadOnlyList<HostCommand> back, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var prepared = await host.RunAsync(
            writing.Run(HostCommand.ChangingScript(PrepareScript, survey.Path, survey.User)), cancellationToken);
        var armed = prepared.Succeeded ? await host.RunAsync(ArmCommand(survey.Path, patience, back), cancellationToken) : prepared;
        return armed.Succeeded ? new Watchdog(host, survey.Path, patience, time) : throw new RelayOpsException(
            $"the watchdog does not start on {host.Name}", FirstLine.Of(armed.Exit.Error),
            "without it a lost connection would leave the service stopped; check that the user may run background processes there");
    }

    /// <summary>Waits for a watchdog that acts, ends one that waits. True when it has brought the former state back.</summary>
    /// <exception cref="RelayOpsException">It tried to and failed.</exception>
    public static async Task<bool> DisarmAsync(IHost host, string directory, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(DisarmCommand(directory, TimeSpan.FromMinutes(12)), cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"the watchdog on {host.Name} cannot be told to let go", FirstLine.Of(result.Exit.Error), "look at the disk there, and run the same again");
        return FirstLine.Of(result.Output) == "undone";
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync(TimeSpan beat, TimeProvider time)
    {
        try
        {
            using var timer = new PeriodicTimer(beat, time);
            while (await timer.WaitForNextTickAsync(_stop.Token))
                if (!(await _host.RunAsync(HostCommand.ReadingScript(RenewScript, _directory), _stop.Token)).Succeeded)
                    break;
            await _lost.CancelAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed: nobody needs the heartbeat any more.
        }
        catch (RelayOpsException)
        {
            // Lost, or hanging: nobody can say any more that this machine is there.
            await _lost.CancelAsync();
        }
    }
}
