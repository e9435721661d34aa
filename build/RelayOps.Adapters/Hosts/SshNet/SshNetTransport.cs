using System.Collections.Concurrent;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core;
using RelayOps.Core.Hosts;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace RelayOps.Adapters.Hosts.SshNet;

/// <summary>SSH.NET. It has no agent, no ssh configuration and no ProxyJump: those need the system's ssh.</summary>
internal sealed class SshNetTransport(SshConnection connection, TimeProvider time) : IShellTransport
{
    private readonly ConcurrentDictionary<SshNetChannel, byte> _channels = new();
    private SshClient? _client;
    private Keeper? _keeper;
    private string _why = "it was closed";

    public string Name => connection.Target.ToString();

    public TimeSpan ConnectLimit => connection.Timeouts.Connect;

    /// <summary>Its keep-alive messages ask for no answer, so the keeper is asked.</summary>
    public bool NoticesSilence => false;

    public void Attach(Keeper keeper) => _keeper = keeper;

    public void Break(string why)
    {
        _why = why;
        foreach (var channel in _channels.Keys)
            channel.Lose();
        // Closing waits for a listener that may wait for the network.
        if (_client is { } client)
            _ = Task.Run(client.Dispose);
    }

    public async Task<IShellChannel> ConnectAsync(string line, CancellationToken cancellationToken)
    {
        _client = await SshNetLogin.ConnectAsync(connection, time, cancellationToken).ConfigureAwait(false);
        _client.ErrorOccurred += (_, error) => _why = error.Exception.Message;
        return await OpenAsync(line, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IShellChannel> OpenAsync(string line, CancellationToken cancellationToken)
    {
        if (_client is not { IsConnected: true } client)
            throw Lost();
        try
        {
            var channel = await Task.Run(() => SshNetChannel.Start(client.CreateCommand(line), () => _keeper), CancellationToken.None)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            _channels[channel] = 0;
            _ = channel.Completion.ContinueWith(_ => _channels.TryRemove(channel, out byte _), TaskScheduler.Default);
            return channel;
        }
        catch (Exception e) when (e is SshConnectionException or SshOperationTimeoutException or ObjectDisposedException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            _why = e.Message;
            throw Lost();
        }
        catch (SshException)
        {
            return new RefusedChannel();
        }
    }

    public RelayOpsException Lost() => SshFailures.Lost(connection.Target, _why);

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client)
        {
            foreach (var channel in _channels.Keys)
                await Task.WhenAny(channel.Completion, Task.Delay(connection.Timeouts.StopGrace * 2, time)).ConfigureAwait(false);
            await Task.Run(client.Dispose).ConfigureAwait(false);
        }
    }

    /// <summary>Stands for a session that the server did not allow.</summary>
    private sealed class RefusedChannel : IShellChannel
    {
        public Stream Input => Stream.Null;

        public Stream Output => Stream.Null;

        public ErrorTail Error { get; } = new(Stream.Null);

        public Task<ChannelExit> Completion { get; } = Task.FromResult(new ChannelExit(ChannelOutcome.Refused));

        public void Attach(int group)
        {
        }

        public void Abort()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
