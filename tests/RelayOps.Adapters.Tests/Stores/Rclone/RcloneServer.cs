using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RelayOps.Testing;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>A server of rclone's own on loopback that shows one directory; webdav knows no checksums, as many remotes, and sftp none that counts.</summary>
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

    /// <param name="protocol">Debian 12's rclone (1.60) serves webdav and sftp; it is too old to serve s3.</param>
    public static async Task<RcloneServer> StartAsync(string directory, string protocol = "webdav", params string[] options)
    {
        await EnsureInstalledAsync();
        var port = FreePort();
        var start = new ProcessStartInfo("rclone", ["serve", protocol, "--config", "/dev/null", "--addr", $"127.0.0.1:{port}", .. options, directory]) { RedirectStandardError = true };
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
