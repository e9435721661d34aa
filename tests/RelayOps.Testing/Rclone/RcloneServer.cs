using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RelayOps.Testing.Rclone;

/// <summary>A server of rclone's own on loopback that shows one directory; webdav knows no checksums, as many remotes, and sftp none that counts.</summary>
public sealed class RcloneServer : IAsyncDisposable
{
    private readonly Process process;

    private RcloneServer(Uri address, Process process)
    {
        Address = address;
        this.process = process;
    }

    public Uri Address { get; }

    public int Id => process.Id;

    public static async Task EnsureInstalledAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await Prerequisites.EnsureAsync([("rclone", "rclone")], patience.Token);
    }

    /// <param name="protocol">Debian 12's rclone (1.60) serves webdav and sftp; it is too old to serve s3, see <see cref="Packages.NewerPackage"/>.</param>
    public static async Task<RcloneServer> StartAsync(string directory, string protocol = "webdav", params string[] options)
    {
        await EnsureInstalledAsync();
        return await StartAsync("rclone", directory, protocol, options);
    }

    /// <inheritdoc cref="StartAsync(string, string, string[])"/>
    public static async Task<RcloneServer> StartAsync(string program, string directory, string protocol, IEnumerable<string> options)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program, ["serve", protocol, "--config", "/dev/null", "--addr", $"127.0.0.1:{port}", .. options, directory]) { RedirectStandardError = true };
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

    public static int FreePort()
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
