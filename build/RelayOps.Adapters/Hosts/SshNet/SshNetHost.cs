using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.SshNet;

/// <summary>A server behind SSH.NET: one connection, keys from files or text, no program needed on this machine.</summary>
public sealed class SshNetHost : IHost
{
    private readonly ShellHost _host;

    private SshNetHost(ShellHost host) => _host = host;

    public string Name => _host.Name;

    /// <exception cref="RelayOps.Core.RelayOpsException">The server cannot be reached, trusted or logged in to.</exception>
    public static async Task<SshNetHost> OpenAsync(SshConnection connection, TimeProvider time, CancellationToken cancellationToken) =>
        new(await ShellHost.OpenAsync(new SshNetTransport(connection, time), connection.Timeouts, time, cancellationToken).ConfigureAwait(false));

    public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken) => _host.StartAsync(command, cancellationToken);

    public Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        _host.RunAsync(command, input, cancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
