using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RelayOps.Testing;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>A remote of some kind, on loopback, that shows one directory.</summary>
internal sealed class RcloneServer : IAsyncDisposable
{
    private readonly Process? process;

    private RcloneServer(string remote, Process? process)
    {
        Remote = remote;
        this.process = process;
    }

    /// <summary>As for <c>--store rclone:</c>, without a path.</summary>
    public string Remote { get; }

    /// <param name="kind"><c>local</c>, <c>webdav</c> or <c>sftp</c>.</param>
    public static async Task<RcloneServer> StartAsync(string kind, string directory)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await Prerequisites.EnsureAsync([("rclone", "rclone")], patience.Token);
        if (kind == "local")
            return new RcloneServer($":local:{directory}", null);
        var port = FreePort();
        string[] login = kind == "sftp" ? ["--user", "tester", "--pass", "throwaway"] : [];
        var start = new ProcessStartInfo("rclone", ["serve", kind, "--config", "/dev/null", "--addr", $"127.0.0.1:{port}", .. login, directory]) { RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        await ConnectAsync(port, patience.Token);
        return new RcloneServer(kind == "webdav"
            ? $":webdav,url='http://127.0.0.1:{port}':"
            : $":sftp,host=127.0.0.1,port={port},user=tester,pass={await ObscureAsync("throwaway", patience.Token)}:", process);
    }

    public async Task StopAsync()
    {
        if (process is not { HasExited: false })
            return;
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process?.Dispose();
    }

    private static async Task<string> ObscureAsync(string password, CancellationToken cancellationToken)
    {
        using var obscure = Process.Start(new ProcessStartInfo("rclone", ["obscure", password]) { RedirectStandardOutput = true })!;
        return (await obscure.StandardOutput.ReadToEndAsync(cancellationToken)).Trim();
    }

    private static int FreePort()
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
