using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RelayOps.Testing;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>A webdav server on loopback that shows one directory; it knows no checksums, as many remotes.</summary>
internal sealed class RcloneServer : IAsyncDisposable
{
    private readonly Process process;

    private RcloneServer(Uri address, Process process)
    {
        Address = address;
        this.process = process;
    }

    public Uri Address { get; }

    public static async Task EnsureInstalledAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await Prerequisites.EnsureAsync([("rclone", "rclone")], patience.Token);
    }

    public static async Task<RcloneServer> StartAsync(string directory)
    {
        await EnsureInstalledAsync();
        var port = FreePort();
        var start = new ProcessStartInfo("rclone", ["serve", "webdav", "--config", "/dev/null", "--addr", $"127.0.0.1:{port}", directory]) { RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await ConnectAsync(port, patience.Token);
        return new RcloneServer(new Uri($"http://127.0.0.1:{port}/"), process);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ConnectAsync(int port, CancellationToken cancellationToken)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                // It does not listen yet.
            }
        }
        while (await tick.WaitForNextTickAsync(cancellationToken));
    }
}
