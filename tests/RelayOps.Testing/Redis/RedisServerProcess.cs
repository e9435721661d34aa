using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Redis;

/// <summary>A real redis-server on a free loopback port and a unix socket, without docker. It ends with this process at the latest.</summary>
public sealed class RedisServerProcess : IAsyncDisposable
{
    private readonly Guard guard;
    private readonly RedisServerOptions options;

    private RedisServerProcess(Guard guard, RedisServerOptions options, string directory, int port)
    {
        this.guard = guard;
        this.options = options;
        Directory = directory;
        Port = port;
    }

    /// <summary>Where it keeps redis.conf and its log.</summary>
    public string Directory { get; }

    private string DataDirectory => options.DataDirectory ?? Directory;

    /// <summary>On 127.0.0.1.</summary>
    public int Port { get; }

    public string Socket => Path.Combine(Directory, "redis.sock");

    /// <summary>Through the unix socket, with the password.</summary>
    public RedisCli Cli => new(["-s", Socket], options.Password);

    /// <summary>What a client on this machine types to reach the port, without the password.</summary>
    public ImmutableArray<string> ConnectionArguments =>
        ["-h", "127.0.0.1", "-p", $"{Port}", .. options.Tls ? ["--tls", "--cacert", Path.Combine(Directory, "tls/ca.crt")] : Array.Empty<string>()];

    public static Task<RedisServerProcess> StartAsync(CancellationToken cancellationToken) => StartAsync(new RedisServerOptions(), cancellationToken);

    /// <summary>Returns when it has loaded its data.</summary>
    /// <exception cref="InvalidOperationException">It ended instead: with the end of its log.</exception>
    public static async Task<RedisServerProcess> StartAsync(RedisServerOptions options, CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync(cancellationToken);
        var directory = options.Directory ?? System.IO.Directory.CreateTempSubdirectory("relayops-redis-").FullName;
        var port = FreePort();
        if (options.Tls)
            TestCertificates.WriteTo(Path.Combine(directory, "tls"), "redis");
        await File.WriteAllLinesAsync(Path.Combine(directory, "redis.conf"), Configuration(options, directory, port), cancellationToken);
        var guard = await Guard.StartAsync("redis-server.sh", [directory, options.Directory is null ? "delete" : "keep"], asRoot: false, cancellationToken);
        return new RedisServerProcess(guard, options, directory, port);
    }

    /// <summary>Makes every save fail from now on, as a full disk would: the next BGSAVE turns writes into MISCONF.</summary>
    public void RefuseSaves()
    {
        File.Delete(Path.Combine(DataDirectory, "dump.rdb"));
        System.IO.Directory.CreateDirectory(Path.Combine(DataDirectory, "dump.rdb"));
    }

    /// <summary>Undoes <see cref="RefuseSaves"/>.</summary>
    public void AllowSaves() => System.IO.Directory.Delete(Path.Combine(DataDirectory, "dump.rdb"));

    /// <summary>Starts a save in which one key takes a second. <see cref="EndSaveAsync"/> ends it.</summary>
    public async Task StartEndlessSaveAsync(CancellationToken cancellationToken)
    {
        await Cli.RunAsync(["CONFIG", "SET", "rdb-key-save-delay", "1000000"], cancellationToken);
        await Cli.RunAsync(["BGSAVE"], cancellationToken);
    }

    /// <summary>Gives up the save of <see cref="StartEndlessSaveAsync"/> with the signal that Redis itself sends then: it does not count as failed.</summary>
    public async Task EndSaveAsync(CancellationToken cancellationToken)
    {
        await Cli.RunAsync(["CONFIG", "SET", "rdb-key-save-delay", "0"], cancellationToken);
        foreach (var child in await ChildrenAsync(cancellationToken))
            await Shell.RunAsync("kill", ["-USR1", child], cancellationToken);
    }

    /// <summary>Kills it, or the one that was started in its place, as <c>kill -9</c> would; its data are as the last write left them.</summary>
    public ValueTask DisposeAsync() => guard.DisposeAsync();

    private async Task<string[]> ChildrenAsync(CancellationToken cancellationToken)
    {
        var pid = await Cli.InfoAsync("process_id", cancellationToken);
        return (await File.ReadAllTextAsync($"/proc/{pid}/task/{pid}/children", cancellationToken)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEnumerable<string> Configuration(RedisServerOptions options, string directory, int port)
    {
        yield return $"dir \"{options.DataDirectory ?? directory}\"";
        yield return $"pidfile \"{directory}/redis.pid\"";
        yield return $"unixsocket \"{directory}/redis.sock\"";
        yield return "bind 127.0.0.1";
        yield return "save \"\"";
        yield return options.Tls ? $"port 0\ntls-port {port}\ntls-cert-file \"{directory}/tls/redis.crt\"\ntls-key-file \"{directory}/tls/redis.key\"" : $"port {port}";
        if (options.Tls)
            yield return $"tls-ca-cert-file \"{directory}/tls/ca.crt\"\ntls-auth-clients no";
        if (options.Password is not null)
            yield return $"requirepass \"{options.Password}\"";
        if (options.ReplicaOf is { } master)
            yield return $"replicaof 127.0.0.1 {master.Port}";
        if (options.ReplicaOf is { options.Password: { } password })
            yield return $"masterauth \"{password}\"";
        foreach (var line in options.Settings)
            yield return line;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
