using System.Collections.Immutable;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>Docker, compose and the deployment's containers.</summary>
internal static class DockerChecks
{
    private const int ManyRestarts = 5;

    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        DoctorCheck.Gate("docker.daemon", "the deployment runs in it, and through it Redis' files are read", facts => facts.Docker, Daemon),
        Check("version", "older ones lack what compose and RelayOps ask of them", docker => Major(docker.Version!) is < 20
            ? Judgement.Warning($"docker {docker.Version} is older than 20.10", "update docker") : Judgement.Passed(docker.Version!)),
        Check("compose", "a restore of compose files, an update and a migration make containers with it", Compose),
        Check("containers", "a backup asks the running Redis for its data", Found),
        Each("restarts", "a container that restarts again and again serves nobody",
            container => container.IsRestarting || container.Restarts >= ManyRestarts,
            container => $"{container.Name} was restarted {container.Restarts} times{(container.IsRestarting ? " and is restarting now" : "")}",
            "read its log: docker logs; docker compose up -d --force-recreate sets the count back", container => container.IsRestarting),
        Each("health", "what docker calls unhealthy, clients call down", container => container is { IsRunning: true, Health: "unhealthy" },
            container => $"docker calls {container.Name} unhealthy", "read its log (docker logs) and what the check says (docker inspect)", _ => true),
        Each("images", "where the image is gone, up tries to build it and fails", container => !container.HasImage,
            container => $"the image of {container.Name} is gone ({container.Image})", "docker compose pull", _ => false),
        Each("logs", "without a limit the log of a container fills the disk", container => container is { LogDriver: "json-file" or null, HasLogLimit: false },
            container => $"the log of {container.Name} grows without limit", "logging: options: max-size: \"20m\", max-file: \"5\" in the compose file", _ => false),
        Each("restart-policy", "after a reboot of the server the service stays down", container => container.RestartPolicy is "no" or "",
            container => $"{container.Name} is not started again by docker", "restart: unless-stopped in the compose file", _ => false),
        Check("project", "compose stops and starts what belongs to its project, and nothing else", Project),
    ];

    private static DoctorCheck Check(string name, string why, Func<DockerFacts, Judgement> judge) => DoctorCheck.Of($"docker.{name}", why, facts => facts.Docker,
        docker => docker.Version is null ? Judgement.NotChecked("docker does not answer") : judge(docker));

    /// <summary>Something that may be wrong with any of the containers.</summary>
    private static DoctorCheck Each(string name, string why, Func<ContainerState, bool> isWrong, Func<ContainerState, string> found, string next, Func<ContainerState, bool> isError) =>
        Check(name, why, docker =>
        {
            if (docker.Containers.IsEmpty)
                return Judgement.NotChecked("there are no containers of the deployment");
            var wrong = docker.Containers.Where(isWrong).ToList();
            return wrong.Count == 0 ? Judgement.Passed(string.Join(", ", docker.Containers.Select(container => container.Name)))
                : new Judgement(wrong.Any(isError) ? CheckOutcome.Error : CheckOutcome.Warning, string.Join("; ", wrong.Select(found)), next);
        });

    private static Judgement Daemon(DockerFacts docker) => docker switch
    {
        { Version: { } version } => Judgement.Passed($"docker {version}{(docker.NeedsSudo ? ", through sudo" : "")}"),
        { HasRedisOutside: true } => Judgement.Passed("not needed: Redis runs on the server itself"),
        { Error: { } refusal } => Judgement.Error($"docker refuses {docker.User}: {refusal}",
            $"start docker; sudo usermod -aG docker {docker.User} and log in again, or allow sudo without a password"),
        _ => Judgement.Error("docker is not there", "install docker and compose from the distribution's packages"),
    };

    private static Judgement Compose(DockerFacts docker) => docker switch
    {
        { ComposeProgram: null } => Judgement.Error("neither docker compose nor docker-compose is there", "install the compose plugin (docker-compose-plugin, docker-compose-v2)"),
        { ComposeVersion: { } version } when Major(version) is 1 =>
            Judgement.Warning($"{docker.ComposeProgram} {version}: version 1 is no longer maintained", "install the compose plugin; RelayOps uses whichever is there"),
        _ => Judgement.Passed($"{docker.ComposeProgram} {docker.ComposeVersion}".TrimEnd()),
    };

    private static Judgement Found(DockerFacts docker)
    {
        if (docker.HasRedisOutside)
            return Judgement.Passed("Redis runs on the server itself");
        const string next = "start them in the deployment's directory: docker compose up -d --no-build";
        if (!docker.Containers.Any(container => container is { IsRedis: true, IsRunning: true }))
            return Judgement.Error(docker.Containers.Any(container => container.IsRedis) ? "the container of Redis is stopped" : "no container of Redis mounts anything of the deployment", next);
        var stopped = docker.Containers.Where(container => !container.IsRunning).ToList();
        return stopped.Count > 0 ? Judgement.Warning($"stopped: {string.Join(", ", stopped.Select(container => container.Name))}", next)
            : !docker.Containers.Any(container => !container.IsRedis) ? Judgement.Warning("there is no container of the service itself", next)
            : Judgement.Passed(string.Join(", ", docker.Containers.Select(container => container.Name)));
    }

    private static Judgement Project(DockerFacts docker)
    {
        var projects = docker.Containers.Select(container => container.Project).Distinct().ToList();
        return projects.Count <= 1 && projects is not [null] ? Judgement.Passed(projects.FirstOrDefault() ?? "no containers")
            : Judgement.Warning(projects is [null] ? "compose did not make these containers" : $"the containers belong to several: {string.Join(", ", projects.Select(name => name ?? "none"))}",
                "make them anew with one docker compose up -d; RelayOps finds them by their mounts all the same");
    }

    private static int? Major(string version) => int.TryParse(version.TrimStart('v').Split('.')[0], out var major) ? major : null;
}
