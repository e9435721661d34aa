using System.Globalization;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Rehearsal;

/// <summary>The Redis of a rehearsal: this machine's redis-server, else a container of an image that is here already. Nothing is pulled.</summary>
/// <param name="survey">Of the deployment it belongs to.</param>
/// <param name="name">Of its container.</param>
/// <param name="version">E.g. <c>7.0.15</c>.</param>
/// <param name="image">Null for the program of this machine.</param>
internal sealed class DisposableRedis(IHost host, ServerSurvey survey, string name, string version, string? image) : IAsyncDisposable
{
    /// <summary>No <c>docker run</c> here may fetch an image.</summary>
    private static readonly string[] ImageNames = ["redis", "valkey"];

    private IRunningCommand? _running;

    public string? Image => image;

    public string Description => image is null ? $"redis-server {version}" : $"redis {version} in a container of {image}";

    /// <summary>Null where there is none to be had.</summary>
    public static async Task<DisposableRedis?> FindAsync(IHost host, ServerSurvey survey, string name, CancellationToken cancellationToken)
    {
        var program = await host.RunAsync(HostCommand.ReadingScript("command -v redis-cli >/dev/null && redis-server --version"), cancellationToken);
        if (program.Succeeded)
            return new DisposableRedis(host, survey, name, Version(program.Output), image: null);
        if (survey.Docker is not { } docker)
            return null;
        var images = await host.RunAsync(docker.Reading("image", "ls", "--format", "{{.Repository}}:{{.Tag}}"), cancellationToken);
        if (images.Output.Split('\n').FirstOrDefault(image => ImageNames.Contains(image.Split(':')[0].Split('/')[^1])) is not { } image)
            return null;
        var contained = await host.RunAsync(
            docker.Changing("run", "--rm", "--network", "none", "--entrypoint", "redis-server", image, "--version"), cancellationToken);
        return contained.Succeeded ? new DisposableRedis(host, survey, name, Version(contained.Output), image) : null;
    }

    public async Task StartAsync(RehearsalFiles files, CancellationToken cancellationToken)
    {
        await files.WriteRedisConfigurationAsync(image is null ? files.DataDirectory : "/data",
            // Redis 7 closes DEBUG, whose digest compares whole datasets; older ones have no such setting.
            int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture) >= 7, cancellationToken);
        if (image is null)
            _running = await host.StartAsync(HostCommand.Changing("redis-server", files.RedisConfiguration), cancellationToken);
        else
            Demand(await host.RunAsync(ContainerCommand(files, image), cancellationToken));
        var password = new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(files.RedisPassword + "\n"));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        Demand(await host.RunAsync(Asking(files, """until redis-cli -p "$1" PING 2>/dev/null | grep -q PONG; do sleep 0.05; done"""), password, patience.Token));
        Demand(await host.RunAsync(Asking(files, """redis-cli -p "$1" --pipe"""), await files.DatasetAsync(cancellationToken), cancellationToken));
    }

    /// <summary>The process that was started here; one that a restore has started is ended with its directory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
    }

    /// <summary>As this user, who must be able to remove what it writes.</summary>
    private HostCommand ContainerCommand(RehearsalFiles files, string of)
    {
        const string script = """
            name=$1 data=$2 configuration=$3 image=$4
            shift 4
            exec "$@" run -d --name "$name" --network none --user "$(id -u):$(id -g)" -v "$data:/data" -v "$configuration:/redis.conf:ro" \
              --entrypoint redis-server "$image" /redis.conf
            """;
        return HostCommand.ChangingScript(script, [name, files.DataDirectory, files.RedisConfiguration, of, .. survey.Docker!.Words]);
    }

    private HostCommand Asking(RehearsalFiles files, string script)
    {
        var command = HostCommand.ChangingScript($"IFS= read -r REDISCLI_AUTH; export REDISCLI_AUTH; {script}", $"{files.Port}");
        return image is null ? command : survey.Docker!.Exec(name, user: null, command);
    }

    private void Demand(CommandResult result)
    {
        if (!result.Succeeded)
            throw new RelayOpsException("the rehearsal's Redis did not start", FirstLine.Of(result.Exit.Error + result.Output), $"start {Description} by hand to see why");
    }

    /// <summary>From <c>Redis server v=7.0.15 sha=…</c>.</summary>
    private static string Version(string text) =>
        text.Split(' ').FirstOrDefault(word => word.StartsWith("v=", StringComparison.Ordinal))?[2..] ?? "0";
}
