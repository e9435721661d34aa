using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>
/// The containers of one connection that stand for throwaway ones: the first command starts one, the others enter it. It ends with the keeper, so with
/// the connection, however that ends. Where one cannot be started, each command starts its own.
/// </summary>
/// <param name="run">Runs a command as it is.</param>
/// <param name="keeper">The process of the keeper on the other side.</param>
internal sealed class StandingContainers(Func<HostCommand, CancellationToken, Task<CommandResult>> run, int keeper) : IAsyncDisposable
{
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Image, string Directory), string?> _names = [];
    private readonly SemaphoreSlim _starting = new(1, 1);

    /// <returns>Null where the command needs no container, or has to start its own.</returns>
    public async Task<Standing?> FindAsync(HostCommand command, CancellationToken cancellationToken)
    {
        if (ThrowawayContainer.Find(command) is not { } throwaway)
            return null;
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_names.TryGetValue((throwaway.Image, throwaway.Directory), out var name))
            {
                name = $"relayops-{Guid.NewGuid():N}";
                var started = await run(throwaway.StandCommand(name, keeper), cancellationToken).ConfigureAwait(false);
                _names[(throwaway.Image, throwaway.Directory)] = name = started.Succeeded ? name : null;
            }

            return name is null ? null : new Standing(name, throwaway.EnterCommand(name));
        }
        finally
        {
            _starting.Release();
        }
    }

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
            await run(ThrowawayContainer.RemoveCommand(name), limit.Token).ConfigureAwait(false);
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

    /// <param name="Name">Of the container.</param>
    /// <param name="Command">Runs in it what would have run in its own.</param>
    public sealed record Standing(string Name, HostCommand Command);

    /// <summary>Docker leaves what runs inside a container alone when the program that entered it is stopped.</summary>
    public sealed class Entered(IRunningCommand inner, Task ended, Func<Task> remove) : IRunningCommand
    {
        public Stream Input => inner.Input;

        public Stream Output => inner.Output;

        public Task<CommandExit> WaitAsync(CancellationToken cancellationToken) => inner.WaitAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            var isStopped = !ended.IsCompleted;
            await inner.DisposeAsync().ConfigureAwait(false);
            if (isStopped)
                await remove().ConfigureAwait(false);
        }
    }
}
