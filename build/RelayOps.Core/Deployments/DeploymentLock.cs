using System.Text;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>Who holds a deployment; written beside the lock and shown to whoever waits.</summary>
public sealed record LockOwner(string Operation, string User, string Machine, string? Run, DateTimeOffset StartedAt)
{
    public override string ToString() =>
        $"{Operation} by {User} on {Machine}{(Run is null ? "" : $" ({Run})")} since {StartedAt:yyyy-MM-dd HH:mm:ss} UTC";
}

/// <summary>
/// One operation at a time for a deployment: a directory <c>.relayops/lock</c> on the server, which only one can make.
/// Its holder renews it; one that was not renewed for <see cref="StaleAfter"/>, by the server's own clock, is taken over by renaming
/// it away, which again only one can do.
/// </summary>
public sealed class DeploymentLock : IAsyncDisposable
{
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    /// <summary>
    /// $1 directory, $2 token, $3 seconds until stale; the owner comes by standard input. Prints <c>acquired</c>, <c>took-over</c> or
    /// <c>held age</c> and the owner. The owner file is written before the directory gets its name, so a lock always has one.
    /// </summary>
    private const string AcquireScript = """
        cd "$1" || exit 66
        umask 077
        mkdir -p .relayops || exit 67
        cd .relayops || exit 67
        rm -rf "lock.new.$2"
        mkdir "lock.new.$2" || exit 67
        cat > "lock.new.$2/owner" && printf '%s\n' "$2" > "lock.new.$2/token" || { rm -rf "lock.new.$2"; exit 67; }
        how=acquired
        if [ -d lock ]; then
          seen=$(cat lock/token 2>/dev/null)
          age=$(( $(date +%s) - $(stat -c %Y lock/token 2>/dev/null || date +%s) ))
          if [ "$age" -gt "$3" ] && [ -n "$seen" ]; then
            mv lock "lock.stale.$2" 2>/dev/null
            if [ "$(cat "lock.stale.$2/token" 2>/dev/null)" = "$seen" ]; then rm -rf "lock.stale.$2"; how=took-over
            elif [ -d "lock.stale.$2" ]; then mv -n "lock.stale.$2" lock; fi
          fi
        fi
        if [ ! -e lock ] && mv -T "lock.new.$2" lock 2>/dev/null && [ "$(cat lock/token)" = "$2" ]; then
          find . -name 'lock.*.*' -prune -mmin +5 -exec rm -rf {} + 2>/dev/null
          echo "$how"
          exit 0
        fi
        rm -rf "lock.new.$2"
        printf 'held %s\n' "$(( $(date +%s) - $(stat -c %Y lock/token 2>/dev/null || date +%s) ))"
        cat lock/owner 2>/dev/null
        exit 0
        """;

    private const string RenewScript = """
        cd "$1/.relayops" && [ "$(cat lock/token 2>/dev/null)" = "$2" ] && touch -c lock/token
        """;

    private const string ReleaseScript = """
        cd "$1/.relayops" 2>/dev/null || exit 0
        if [ "$(cat lock/token 2>/dev/null)" = "$2" ]; then mv lock "lock.done.$2" && rm -rf "lock.done.$2"; fi
        cd .. && rmdir .relayops 2>/dev/null
        exit 0
        """;

    private readonly IHost _host;
    private readonly FileRoute _route;
    private readonly string _token;
    private readonly IReporter _reporter;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _renewing;

    private DeploymentLock(IHost host, FileRoute route, string token, TimeProvider time, IReporter reporter)
    {
        _host = host;
        _route = route;
        _token = token;
        _reporter = reporter;
        _renewing = RenewAsync(time);
    }

    /// <summary>Cancelled when somebody else has taken the lock: whoever works under it must stop.</summary>
    public CancellationToken Lost => _lost.Token;

    public static HostCommand AcquireCommand(string directory, string token) =>
        HostCommand.ChangingScript(AcquireScript, directory, token, $"{StaleAfter.TotalSeconds:0}");

    public static HostCommand ReleaseCommand(string directory, string token) =>
        HostCommand.ChangingScript(ReleaseScript, directory, token);

    /// <param name="route">A way to write in the deployment's directory.</param>
    /// <param name="wait">How long to wait for another operation; zero: not at all.</param>
    /// <exception cref="RelayOpsException">Another operation holds the deployment (<see cref="ExitStatus.Locked"/>).</exception>
    public static async Task<DeploymentLock> AcquireAsync(
        IHost host, FileRoute route, LockOwner owner, TimeSpan wait, TimeProvider time, IReporter reporter, CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        var until = time.GetUtcNow() + wait;
        var told = false;
        while (true)
        {
            var answer = await AskAsync(host, route, owner, token, cancellationToken);
            if (answer[0] == "took-over")
                reporter.Warn($"an earlier operation left its lock behind and has not renewed it for {StaleAfter.TotalSeconds:0} s: taken over");
            if (answer[0] is "acquired" or "took-over")
                return new DeploymentLock(host, route, token, time, reporter);
            var holder = answer.Length > 1 ? answer[1] : "an unknown operation";
            if (time.GetUtcNow() >= until)
                throw new RelayOpsException($"the deployment on {host.Name} is in use", holder,
                    "wait for it to end (or pass --lock-wait, e.g. 10m); a lock that nobody renews is taken over after "
                    + $"{StaleAfter.TotalSeconds:0} s", ExitStatus.Locked);
            if (!told)
                reporter.Note($"waiting for {holder}");
            told = true;
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        try
        {
            using var briefly = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await _host.RunAsync(_route.Run(ReleaseCommand(_route.Root, _token)), briefly.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or RelayOpsException)
        {
            _reporter.Warn($"the lock on {_host.Name} could not be released; it lapses after {StaleAfter.TotalSeconds:0} s");
        }

        _stop.Dispose();
        _lost.Dispose();
    }

    private static async Task<string[]> AskAsync(
        IHost host, FileRoute route, LockOwner owner, string token, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(
            route.Run(AcquireCommand(route.Root, token)), Encoding.UTF8.GetBytes(owner + "\n"), cancellationToken);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return result.Succeeded && lines.Length > 0 ? lines : throw new RelayOpsException(
            $"cannot lock the deployment {route.Root} on {host.Name}", FirstLine.Of(result.Exit.Error),
            "the user must be able to write in the deployment's directory, or have passwordless sudo", ExitStatus.WrongUse);
    }

    private async Task RenewAsync(TimeProvider time)
    {
        try
        {
            using var timer = new PeriodicTimer(Heartbeat, time);
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var result = await _host.RunAsync(
                    _route.Run(HostCommand.ReadingScript(RenewScript, _route.Root, _token)), _stop.Token);
                if (!result.Succeeded)
                {
                    await _lost.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed: the lock is released next.
        }
        catch (RelayOpsException)
        {
            // Nobody can renew without a connection, or on a server that hangs, and somebody else may take over: as good as lost.
            await _lost.CancelAsync();
        }
    }
}
