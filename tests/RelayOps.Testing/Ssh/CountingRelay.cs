using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RelayOps.Testing.Ssh;

/// <summary>A TCP relay on loopback that counts bytes and can be frozen, slowed down and cut: the network between us and a server.</summary>
public sealed class CountingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly IPEndPoint _target;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Opened();
    private volatile bool _isRefusing;
    private long _up;
    private long _down;

    private CountingRelay(IPEndPoint target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes from the client to the server.</summary>
    public long BytesUp => Interlocked.Read(ref _up);

    /// <summary>Bytes from the server to the client.</summary>
    public long BytesDown => Interlocked.Read(ref _down);

    /// <summary>In each direction; null is as fast as it goes.</summary>
    public long? BytesPerSecond { get; set; }

    public static CountingRelay Start(int targetPort) => Start(IPAddress.Loopback.ToString(), targetPort);

    public static CountingRelay Start(string address, int port) => new(new IPEndPoint(IPAddress.Parse(address), port));

    /// <summary>From now on nothing passes, and nobody is told: what a dead network looks like.</summary>
    public void Freeze() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _open.TrySetResult();

    /// <summary>From now on whoever connects is turned away: what a firewall that says no looks like.</summary>
    public void Refuse() => _isRefusing = true;

    public void Accept() => _isRefusing = false;

    /// <summary>Resets all connections, on both sides.</summary>
    public void Cut()
    {
        foreach (var socket in _sockets.Keys)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (ObjectDisposedException)
            {
                // Closed by its own end just now.
            }

            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        Thaw();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed: no more connections.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (_isRefusing)
        {
            client.Dispose();
            return;
        }

        client.NoDelay = true;
        _sockets[client] = _sockets[server] = 0;
        try
        {
            await server.ConnectAsync(_target, _stop.Token);
            await Task.WhenAll(PumpAsync(client, server, up: true), PumpAsync(server, client, up: false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut, by us or by either end.
        }
        finally
        {
            _sockets.TryRemove(client, out _);
            _sockets.TryRemove(server, out _);
            client.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool up)
    {
        var buffer = new byte[128 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer.AsMemory(), _stop.Token)) > 0)
            {
                await _open.Task.WaitAsync(_stop.Token);
                if (BytesPerSecond is { } rate)
                    await Task.Delay(TimeSpan.FromSeconds((double)read / rate), _stop.Token);
                Interlocked.Add(ref up ? ref _up : ref _down, read);
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One direction broke: nothing may keep the other one open.
            from.Dispose();
            to.Dispose();
        }
    }
}
