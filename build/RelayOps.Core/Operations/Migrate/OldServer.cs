using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Owner and mode of a directory.</summary>
public sealed record DirectoryRights(int Mode, int UserId, int GroupId);

/// <summary>The deployment that moves, running.</summary>
public sealed record OldServer
{
    /// <summary>$1 directory.</summary>
    private const string RightsScript = """
        cd "$1" || exit 66
        id -u; id -g
        stat -c '%a %u %g' . redis_data
        """;

    public required RestoreTarget Target { get; init; }

    public required RedisServer Redis { get; init; }

    public required int UserId { get; init; }

    public required int GroupId { get; init; }

    public required DirectoryRights Root { get; init; }

    public required DirectoryRights Data { get; init; }

    public InspectedDeployment Deployment => Target.Deployment;

    public string Path => Target.Survey.Path;

    /// <summary>Redis first, as they are started.</summary>
    public IEnumerable<Container> Running => Deployment.Containers.Where(container => container.IsRunning).OrderBy(container => !container.RunsRedis);

    /// <summary>What compose makes on the new server.</summary>
    public ImmutableArray<string> Services => [.. Deployment.Containers.Select(container => container.Service).OfType<string>().Distinct()];

    /// <exception cref="RelayOpsException">It is no deployment that can be moved while it runs.</exception>
    public static async Task<OldServer> InspectAsync(
        IHost host, IComposeParser compose, IReporter reporter, string path, CancellationToken cancellationToken)
    {
        var deployment = await new DeploymentInspection(host, compose, reporter).InspectAsync(path, DeploymentParts.All, cancellationToken);
        var survey = deployment.Survey;
        var redis = deployment.Redis!;
        var target = new RestoreTarget
        {
            Deployment = deployment,
            Owner = OwnerRoute.Get(survey, deployment.Containers, host.Name),
            Services = new ServiceControl(host, survey, deployment.Containers),
            Redis = redis,
            Files = RedisFiles.Of(redis),
            MountPoints = [],
        };
        Demand(target, redis);
        var rights = await host.RunAsync(HostCommand.ReadingScript(RightsScript, survey.Path), cancellationToken);
        if (rights.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [var user, var group, var root, var data])
            throw new RelayOpsException($"cannot look at {survey.Path} on {host.Name}", FirstLine.Of(rights.Exit.Error), "try again");
        return new OldServer
        {
            Target = target,
            Redis = redis,
            UserId = int.Parse(user, CultureInfo.InvariantCulture),
            GroupId = int.Parse(group, CultureInfo.InvariantCulture),
            Root = Rights(root),
            Data = Rights(data),
        };
    }

    private static void Demand(RestoreTarget target, RedisServer redis)
    {
        var (path, name) = (target.Survey.Path, target.Deployment.HostName);
        if (redis.Endpoint.Container is not { } container)
            throw new RelayOpsException($"cannot move a redis that runs outside of docker on {name}", "nothing here knows how it is stopped and started",
                "move the service by a backup (Backup, then Migrate --backup-id without --server)", ExitStatus.WrongUse);
        if (container.OutsideOf(redis.Directory)?.TrimEnd('/') != $"{path}/{RedisFinder.DataDirectory}")
            throw new RelayOpsException($"'{container.Name}' does not keep its data in {path}/{RedisFinder.DataDirectory}",
                "its data directory is mounted from elsewhere, so the redis of the new server would not find what is brought there",
                "mount ./redis_data:/data in the compose file", ExitStatus.WrongUse);
        if (target.Deployment.Containers.FirstOrDefault(one => one.Service is null) is { } foreign)
            throw new RelayOpsException($"cannot move '{foreign.Name}'", $"it uses {path}, and compose did not make it: nothing here knows how it is made elsewhere",
                "remove it, or put it into the compose file", ExitStatus.WrongUse);
        if (target.App is not { IsRunning: true })
            throw new RelayOpsException($"the service of {path} does not run on {name}", "a service that is down cannot be compared with the one on the new server",
                "start it, or move it by a backup (Migrate --backup-id without --server)", ExitStatus.WrongUse);
    }

    private static DirectoryRights Rights(string line)
    {
        var words = line.Split(' ');
        return new DirectoryRights(Convert.ToInt32(words[0], 8), int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
    }
}
