using System.Collections.Immutable;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts;

/// <summary>This machine. Commands run in the user's home directory, in sessions of their own, and end when this process ends.</summary>
public sealed class LocalHost : IHost
{
    private readonly ShellHost _host;

    private LocalHost(ShellHost host) => _host = host;

    public string Name => _host.Name;

    public static async Task<LocalHost> OpenAsync(HostTimeouts timeouts, TimeProvider time, CancellationToken cancellationToken) =>
        new(await ShellHost.OpenAsync(new LocalTransport(), timeouts, time, cancellationToken).ConfigureAwait(false));

    public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken) => _host.StartAsync(command, cancellationToken);

    public Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        _host.RunAsync(command, input, cancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private sealed class LocalTransport : IShellTransport
    {
        public string Name => "local";

        public TimeSpan ConnectLimit { get; } = TimeSpan.FromSeconds(20);

        public bool NoticesSilence => true;

        public void Break(string why) => throw new NotSupportedException();

        public void Attach(Keeper keeper)
        {
        }

        public Task<IShellChannel> ConnectAsync(string line, CancellationToken cancellationToken) => OpenAsync(line, cancellationToken);

        public Task<IShellChannel> OpenAsync(string line, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = OwnSession.Of("sh", "-c", line);
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            start.WorkingDirectory = Directory.Exists(home) ? home : "/";
            return Task.FromResult<IShellChannel>(ProcessChannel.Start(start, Interpret));
        }

        public RelayOpsException Lost() =>
            new("lost a local command", "its shell was ended from outside", "run again", ExitStatus.NoConnection) { IsTransient = true };

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static Task<ChannelExit> Interpret(int status) => Task.FromResult(Signals.FromShellStatus(status));
    }
}

/// <summary>Numbers of the signals that end a process, the same on Linux and macOS.</summary>
internal static class Signals
{
    private static readonly ImmutableDictionary<int, string> Names = new Dictionary<int, string>
    {
        [1] = "HUP",
        [2] = "INT",
        [3] = "QUIT",
        [4] = "ILL",
        [5] = "TRAP",
        [6] = "ABRT",
        [8] = "FPE",
        [9] = "KILL",
        [11] = "SEGV",
        [13] = "PIPE",
        [14] = "ALRM",
        [15] = "TERM",
        [24] = "XCPU",
        [25] = "XFSZ",
    }.ToImmutableDictionary();

    /// <summary>The runtime, like a shell, reports death by signal n as 128 + n and has no other way to tell it.</summary>
    public static ChannelExit FromShellStatus(int status) => Names.TryGetValue(status - 128, out var name)
        ? new ChannelExit(ChannelOutcome.Signalled, null, name)
        : new ChannelExit(ChannelOutcome.Exited, status);
}
