using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using RelayOps.Testing.Datasets;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;

namespace RelayOps.Testing.Deployments;

/// <summary>A deployment of the relay service on this machine: its directory, and its containers once it is up.</summary>
public sealed class Deployment : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private Deployment(string path, DeploymentOptions options, int port)
    {
        Path = path;
        Options = options;
        Port = port;
        ApiKeys = [.. Enumerable.Range(0, options.Dataset?.ApiKeys ?? 0).Select(_ => $"cr_{RandomNumberGenerator.GetHexString(64, lowercase: true)}")];
    }

    /// <summary>Absolute, without links.</summary>
    public string Path { get; }

    public DeploymentOptions Options { get; }

    /// <summary>The server it is on.</summary>
    public Bed Bed { get; private init; } = Bed.First;

    /// <summary>Where the service listens.</summary>
    public int Port { get; }

    public DeploymentSecrets Secrets { get; private init; } = new();

    /// <summary>What the clients of the dataset hold: each gets 200 from <see cref="AskAsync"/>.</summary>
    public ImmutableArray<string> ApiKeys { get; private init; }

    /// <summary>Keys by database, as loaded; the service adds <see cref="KeysOfTheService"/> to database 0.</summary>
    public ImmutableSortedDictionary<int, int> LoadedKeys { get; private set; } = ImmutableSortedDictionary<int, int>.Empty;

    /// <summary>What the service itself writes at its start.</summary>
    public static ImmutableArray<string> KeysOfTheService { get; } = ["session:admin_credentials", "system:migration:usage_index_v2"];

    /// <summary>Makes the directory with everything in it; nothing runs yet.</summary>
    public static async Task<Deployment> CreateAsync(DeploymentOptions options, CancellationToken cancellationToken)
    {
        var home = options.Owner?.Home ?? $"{DockerDaemon.Directory}/deployments/{Guid.NewGuid():N}";
        var deployment = new Deployment($"{home}/{options.DirectoryName}", options, FreePort());
        var staging = System.IO.Directory.CreateTempSubdirectory("relayops-").FullName;
        try
        {
            await DeploymentFiles.WriteAsync(staging, options, deployment.Secrets, deployment.Port, cancellationToken);
            await Shell.RunAsRootAsync("sh", ["-c", """
                set -eu
                mkdir -p "$1"
                cp -a "$2/." "$1"
                chmod 755 "$1"
                chmod 600 "$1/.env"
                chown -R "$3:" "$1"
                """, "sh", deployment.Path, staging, options.Owner?.Name ?? "root"], cancellationToken);
        }
        finally
        {
            System.IO.Directory.Delete(staging, recursive: true);
        }

        if (options.RedisDiskMegabytes is { } size)
            await Shell.RunAsRootAsync("mount", ["-t", "tmpfs", "-o", $"size={size}m,mode=755", "relayops-test", $"{deployment.Path}/redis_data"], cancellationToken);
        if (options.WithOddFiles)
            await OddFiles.AddAsync(deployment.Path, cancellationToken);
        return deployment;
    }

    /// <summary>The same deployment, with the same clients and secrets, as it shall be on another server once it was moved there.</summary>
    /// <param name="port">Null is the same.</param>
    public Deployment MovedTo(Bed bed, string path, int? port = null) => new(path, Options, port ?? Port)
    {
        Bed = bed,
        Secrets = Secrets,
        ApiKeys = ApiKeys,
        LoadedKeys = LoadedKeys,
    };

    /// <summary>Starts it with compose, waits until it is healthy, and loads the dataset at the first time, until Redis has come to rest.</summary>
    public async Task UpAsync(CancellationToken cancellationToken)
    {
        await ComposeAsync(["up", "-d", "--no-build"], cancellationToken);
        await WaitUntilHealthyAsync(TimeSpan.FromSeconds(60), cancellationToken);
        if (Options.Dataset is null || !LoadedKeys.IsEmpty)
            return;
        var redis = await RedisAsync(cancellationToken);
        await redis.PipeAsync(
            async stream => LoadedKeys = await Dataset.WriteAsync(stream, Options.Dataset, ApiKeys, Secrets.EncryptionKey, cancellationToken),
            cancellationToken);
        await redis.WaitUntilIdleAsync(cancellationToken);
    }

    /// <summary>Removes its containers and network; the directory stays.</summary>
    public Task DownAsync(CancellationToken cancellationToken) => ComposeAsync(["down", "--timeout", "20"], cancellationToken);

    /// <summary><c>docker-compose</c> in the deployment's directory, as root.</summary>
    public Task<string> ComposeAsync(ImmutableArray<string> arguments, CancellationToken cancellationToken) => Shell.RunAsync(
        Bed.Through(Docker.Bed.Compose, ["-f", Options.ComposeFileName, .. arguments]) with { Directory = Path },
        cancellationToken);

    /// <summary>A container's id; the service is <c>redis</c> or <c>claude-relay</c>.</summary>
    public async Task<string> ContainerAsync(string service, CancellationToken cancellationToken) =>
        (await Bed.RunAsync(["ps", "-aq", "--no-trunc", "--filter", $"label=com.docker.compose.project.working_dir={Path}",
            "--filter", $"label=com.docker.compose.service={service}"], cancellationToken)).Trim();

    /// <summary>This machine's redis-cli for the Redis inside; its address changes with every start.</summary>
    public async Task<RedisCli> RedisAsync(CancellationToken cancellationToken)
    {
        var address = (await Bed.RunAsync(
            ["inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", await ContainerAsync("redis", cancellationToken)],
            cancellationToken)).Trim();
        ImmutableArray<string> tls = Options.RedisTls ? ["--tls", "--insecure"] : [];
        return new RedisCli(["-h", address, "-p", "6379", .. tls], Options.PasswordInEnvironmentOnly ? null : Options.RedisPassword) { Inside = Bed.Inside };
    }

    /// <summary>The status of <c>.components.redis</c> in <c>/health</c>; null when the service does not answer.</summary>
    public async Task<string?> FindHealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var health = JsonDocument.Parse(await Http.GetStringAsync(new Uri($"http://{Bed.Address}:{Port}/health"), cancellationToken));
            return health.RootElement.GetProperty("components").GetProperty("redis").GetProperty("status").GetString();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>A client's request: 200 when the service knows its key, 401 otherwise.</summary>
    public async Task<HttpStatusCode> AskAsync(string apiKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{Bed.Address}:{Port}/api/v1/messages"));
        request.Headers.Add("x-api-key", apiKey);
        using var response = await Http.SendAsync(request, cancellationToken);
        return response.StatusCode;
    }

    /// <summary>Waits for a healthy service with a healthy Redis.</summary>
    /// <exception cref="TimeoutException">With the containers' last words.</exception>
    public async Task WaitUntilHealthyAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await FindHealthAsync(cancellationToken) != "healthy")
        {
            if (waited.Elapsed > patience)
                throw new TimeoutException($"{Path} was not healthy after {patience}:\n{await ComposeAsync(["logs", "--no-color", "--tail", "20"], cancellationToken)}");
            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Takes it down and deletes it, with whatever a restore left beside its files.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Shell.RunAsRootAsync("sh", ["-c", Resource.Text("remove-deployment.sh"), "remove-deployment.sh", Bed.Host, Path], patience.Token);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
