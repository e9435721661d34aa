using RelayOps.Adapters.Hosts.OpenSsh;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts;

/// <summary>
/// A server behind the system's ssh, with the user's configuration, agent, ProxyJump and hardware keys. One connection carries all commands.
/// </summary>
public sealed class OpenSshHost : IHost
{
    private readonly ShellHost _host;

    private OpenSshHost(ShellHost host) => _host = host;

    public string Name => _host.Name;

    /// <exception cref="RelayOps.Core.RelayOpsException">The server cannot be reached, trusted or logged in to; or there is no ssh.</exception>
    public static async Task<OpenSshHost> OpenAsync(SshConnection connection, TimeProvider time, CancellationToken cancellationToken) =>
        new(await ShellHost.OpenAsync(new OpenSshTransport(connection, time), connection.Timeouts, time, cancellationToken).ConfigureAwait(false));

    public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken) => _host.StartAsync(command, cancellationToken);

    public Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        _host.RunAsync(command, input, cancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
