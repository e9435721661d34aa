using System.Globalization;
using RelayOps.Core;
using RelayOps.Core.Operations.Verification;

namespace RelayOps.Adapters.Drills;

public sealed record RedisServerDrillOptions
{
    public const string DefaultDocker = "docker";

    /// <summary>Name or path of the server's program.</summary>
    public string Program { get; init; } = "redis-server";

    /// <summary>Asked for a Redis where the program is missing.</summary>
    public string Docker { get; init; } = DefaultDocker;

    public string Image { get; init; } = "redis:7-alpine";

    /// <summary>How long loading or saving one layout may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Where a backup is unpacked when it has room, since it is memory.</summary>
    public string Memory { get; init; } = "/dev/shm";

    /// <summary>Where it is unpacked else; needs as much room as the dataset takes, twice.</summary>
    public string Directory { get; init; } = Path.GetTempPath();

    /// <summary>How long the service may take to become healthy, beside what its dataset adds.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Whether images of the backup that are not there are pulled.</summary>
    public bool PullImages { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>
/// Loads a dataset into the <c>redis-server</c> of this machine, or into one in a container, and starts the service itself where docker has the
/// images. No port is opened.
/// </summary>
public sealed class RedisServerDrill(RedisServerDrillOptions options) : IDrill
{
    public async Task<IDrillGround> PrepareAsync(long contentBytes, CancellationToken cancellationToken)
    {
        var launcher = await FindAsync(cancellationToken) ?? throw new RelayOpsException(
            "cannot load the dataset for a drill", $"neither {options.Program} nor {options.Docker} is to be had",
            "install redis-server or docker, or use --level deep", ExitStatus.WrongUse);
        var docker = await DrillDocker.FindAsync(options, cancellationToken);
        if (docker is not null)
            await docker.RemoveAbandonedAsync(cancellationToken);
        DrillDirectory.RemoveAbandoned(options.Directory);
        DrillDirectory.RemoveAbandoned(options.Memory);
        return new DrillGround(DrillDirectory.Create(DrillRoom.Choose(options, contentBytes)), launcher, docker, options);
    }

    private async Task<RedisLauncher?> FindAsync(CancellationToken cancellationToken)
    {
        if (await Programs.FindOutputAsync(options.Program, ["--version"], cancellationToken) is { } version)
            return new RedisLauncher($"redis-server {Version(version)}", options.Program, []);
        if (await Programs.FindOutputAsync(options.Docker, ["version", "--format", "{{.Server.Version}}"], cancellationToken) is null)
            return null;
        // The container's user is ours, so that it may read what only we may, and leaves nothing that we cannot remove.
        var user = await Programs.FindOutputAsync("id", ["-u"], cancellationToken);
        var group = await Programs.FindOutputAsync("id", ["-g"], cancellationToken);
        return new RedisLauncher(options.Image, options.Docker,
        [
            "run", "--rm", "--network", "none", "--user", $"{user?.Trim()}:{group?.Trim()}", "--name", RedisLauncher.Name, "--label", $"{DrillDocker.Label}={RedisLauncher.Name}",
            "--volume", $"{RedisLauncher.Ground}:{RedisLauncher.Ground}", "--entrypoint", "redis-server", options.Image,
        ]);
    }

    /// <summary>From <c>Redis server v=7.0.15 sha=…</c>.</summary>
    private static string Version(string text) =>
        text.Split(' ').FirstOrDefault(word => word.StartsWith("v=", StringComparison.Ordinal))?[2..] ?? "of unknown version";
}

/// <summary>How to start a Redis: a program and what comes before Redis' own arguments.</summary>
/// <param name="Description">For people, e.g. <c>redis-server 7.0.15</c>.</param>
internal sealed record RedisLauncher(string Description, string Program, IReadOnlyList<string> Prefix)
{
    /// <summary>Stand for the ground's directory and a container's name.</summary>
    public const string Ground = "{ground}", Name = "{name}";

    public bool IsContainer => Prefix.Count > 0;

    public static string ContainerName(string ground) =>
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(ground)}");

    public IEnumerable<string> Arguments(string ground) => Prefix.Select(argument => argument
        .Replace(Ground, ground, StringComparison.Ordinal)
        .Replace(Name, ContainerName(ground), StringComparison.Ordinal));
}
