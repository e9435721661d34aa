using RelayOps.Core.Streams;

namespace RelayOps.Core.Hosts;

/// <summary>
/// Gives up a command that never returns: the connection is alive, but a disk, a mount or a docker daemon behind it hangs. What was begun is
/// stopped, and told as an error like any other.
/// </summary>
/// <param name="inner">Belongs to this host from here on.</param>
/// <param name="silence">How long a command may show no sign of life, beyond <see cref="HostCommand.Waits"/>.</param>
public sealed class BoundedHost(IHost inner, TimeSpan silence, TimeProvider time) : IHost
{
    /// <summary>Longer than a slow disk takes to sync; shorter than anybody waits for a run of the night.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(15);

    public string Name => inner.Name;

    public async Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var running = await WithinAsync(command, token => inner.StartAsync(command, token), cancellationToken);
        return new Bounded(running, this, command);
    }

    public Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        WithinAsync(command, token => inner.RunAsync(command, input, token), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> WithinAsync<T>(HostCommand command, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(silence + command.Waits, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await action(both.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RelayOpsException($"a command on {Name} hangs",
                $"it showed no sign of life for {(silence + command.Waits).TotalSeconds:0} s and was stopped; it began with {Begins(command)}",
                "look for a disk, a mount or a docker daemon there that does not answer (dmesg, docker info, df)", ExitStatus.Failed, exception);
        }
    }

    /// <summary>Scripts are long, and their arguments many.</summary>
    private static string Begins(HostCommand command)
    {
        var line = command.ToString().ReplaceLineEndings(" ");
        return line.Length <= 80 ? line : line[..80] + "…";
    }

    private sealed class Bounded(IRunningCommand running, BoundedHost host, HostCommand command) : IRunningCommand
    {
        public Stream Input { get; } = new Sent(running.Input, host, command);

        public Stream Output { get; } = new Received(running.Output, host, command);

        public Task<CommandExit> WaitAsync(CancellationToken cancellationToken) => host.WithinAsync(command, running.WaitAsync, cancellationToken);

        public ValueTask DisposeAsync() => running.DisposeAsync();
    }

    private sealed class Received(Stream inner, BoundedHost host, HostCommand command) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await host.WithinAsync(command, async token => await inner.ReadAsync(buffer, token), cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }

    private sealed class Sent(Stream inner, BoundedHost host, HostCommand command) : WriteOnlyStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await host.WithinAsync(command, async token =>
            {
                await inner.WriteAsync(buffer, token);
                return true;
            }, cancellationToken);

        protected override async Task EndAsync() => await inner.DisposeAsync();
    }
}
