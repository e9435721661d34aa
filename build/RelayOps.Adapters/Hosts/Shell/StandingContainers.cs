using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>
/// The containers of one connection that stand for throwaway ones: the first command starts one, the others enter it. It ends with the keeper, so with
/// the connection, however that ends. Where one cannot be started, each command starts its own.
/// </summary>
/// <param name="start">Starts a command as it is.</param>
/// <param name="keeper">The process of the keeper on the other side.</param>
internal sealed class StandingContainers(Func<HostCommand, CancellationToken, Task<ShellCommand>> start, int keeper) : IAsyncDisposable
{
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Image, string Directory), string?> _names = [];
    private readonly SemaphoreSlim _starting = new(1, 1);

    /// <returns>Null where the command is not one for a container that stands, or there is none to enter: nothing of it has run.</returns>
    public async Task<IRunningCommand?> TryEnterAsync(HostCommand command, CancellationToken cancellationToken)
    {
        if (ThrowawayContainer.Find(command) is not { } throwaway || await GetAsync(throwaway, cancellationToken).ConfigureAwait(false) is not { } name)
            return null;
        var started = await start(throwaway.EnterCommand(name), cancellationToken).ConfigureAwait(false);
        var entered = new Entered(started, () => RemoveAsync(name));
        var begins = false;
        try
        {
            begins = await entered.BeginsAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!begins)
                await entered.DisposeAsync().ConfigureAwait(false);
        }

        if (begins)
            return entered;
        await RemoveAsync(name).ConfigureAwait(false);
        return null;
    }

    /// <returns>Its name; null where none could be started.</returns>
    private async Task<string?> GetAsync(ThrowawayContainer throwaway, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_names.TryGetValue((throwaway.Image, throwaway.Directory), out var name))
                return name;
            name = $"relayops-{Guid.NewGuid():N}";
            var result = await RunAsync(throwaway.StandCommand(name, keeper), cancellationToken).ConfigureAwait(false);
            return _names[(throwaway.Image, throwaway.Directory)] = result.Succeeded ? name : null;
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) =>
        await ShellStreams.FinishAsync(await start(command, cancellationToken).ConfigureAwait(false), command, default, cancellationToken).ConfigureAwait(false);

    /// <summary>Ends one, and whatever runs in it; the next command starts another. Where the connection is lost, it ends by itself.</summary>
    public async Task RemoveAsync(string name)
    {
        using var limit = new CancellationTokenSource(RemovalLimit);
        try
        {
            await _starting.WaitAsync(limit.Token).ConfigureAwait(false);
            foreach (var (place, _) in _names.Where(pair => pair.Value == name).ToList())
                _names.Remove(place);
            _starting.Release();
            await RunAsync(ThrowawayContainer.RemoveCommand(name), limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RelayOpsException or OperationCanceledException)
        {
            // See the summary.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _names.Values.OfType<string>().ToList())
            await RemoveAsync(name).ConfigureAwait(false);
        _starting.Dispose();
    }

    /// <summary>A command that runs inside. Docker leaves it alone when the program that entered the container is stopped.</summary>
    private sealed class Entered(ShellCommand inner, Func<Task> remove) : IRunningCommand
    {
        private bool _hasEnded;

        public Stream Input => inner.Input;

        public Stream Output => inner.Output;

        public async Task<CommandExit> WaitAsync(CancellationToken cancellationToken)
        {
            var exit = await inner.WaitAsync(cancellationToken).ConfigureAwait(false);
            _hasEnded = true;
            return exit;
        }

        /// <summary>Whether it has begun; where it has not, it has ended, and nothing of it has run.</summary>
        public async Task<bool> BeginsAsync(CancellationToken cancellationToken)
        {
            var said = new byte[ThrowawayContainer.Inside.Length + 1];
            if (await Output.ReadAtLeastAsync(said, said.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == said.Length)
                return true;
            await WaitAsync(cancellationToken).ConfigureAwait(false);
            return false;
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            if (!_hasEnded)
                await remove().ConfigureAwait(false);
        }
    }
}
