using System.Net;
using System.Net.Sockets;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Rehearsal;

/// <summary>
/// A deployment of the relay service in a private temporary directory, with realistic data and a real Redis where <c>redis-server</c> is installed.
/// It and its Redis end with this process at the latest.
/// </summary>
public sealed class DisposableDeployment : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;
    private IRunningCommand? _redis;

    private DisposableDeployment(DirectoryInfo directory) => _directory = directory;

    public string Path => System.IO.Path.Combine(_directory.FullName, "claude-relay-deployment");

    /// <summary>For the backups of the rehearsal.</summary>
    public string StorePath => System.IO.Path.Combine(_directory.FullName, "data-backups");

    /// <summary>Without it, files alone are rehearsed.</summary>
    public bool HasRedis => _redis is not null;

    /// <param name="host">This machine: it ends the Redis when this process ends, whatever ends it.</param>
    public static async Task<DisposableDeployment> CreateAsync(IHost host, CancellationToken cancellationToken)
    {
        var deployment = new DisposableDeployment(Directory.CreateTempSubdirectory("relayops-rehearsal-"));
        try
        {
            var files = new RehearsalFiles(deployment.Path, FreePort());
            await files.WriteAsync(cancellationToken);
            if ((await host.RunAsync(HostCommand.ReadingScript("command -v redis-server && command -v redis-cli"), cancellationToken)).Succeeded)
                await deployment.StartRedisAsync(host, files, cancellationToken);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
            await _redis.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task StartRedisAsync(IHost host, RehearsalFiles files, CancellationToken cancellationToken)
    {
        _redis = await host.StartAsync(HostCommand.Changing("redis-server", files.RedisConfiguration), cancellationToken);
        var password = new ReadOnlyMemory<byte>(System.Text.Encoding.UTF8.GetBytes(files.RedisPassword + "\n"));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var answers = await host.RunAsync(Asking("""until redis-cli -p "$1" PING 2>/dev/null | grep -q PONG; do sleep 0.05; done"""), password, patience.Token);
        var loaded = answers.Succeeded ? await host.RunAsync(Asking("""redis-cli -p "$1" --pipe"""), await files.DatasetAsync(cancellationToken), cancellationToken) : answers;
        if (!loaded.Succeeded)
            throw new RelayOpsException("the rehearsal's Redis did not start", Core.Reporting.FirstLine.Of(loaded.Exit.Error + loaded.Output),
                "run redis-server by hand to see why");

        HostCommand Asking(string script) => HostCommand.ChangingScript($"IFS= read -r REDISCLI_AUTH; export REDISCLI_AUTH; {script}", $"{files.Port}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
