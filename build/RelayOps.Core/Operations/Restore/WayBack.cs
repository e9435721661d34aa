using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Restore;

/// <summary>
/// The commands that bring the former data and containers back, from wherever an exchange was left. The tool runs them, the watchdog runs
/// the same, and where both fail a person is shown them.
/// </summary>
public sealed class WayBack(RestoreTarget target, RestoreJournal journal)
{
    /// <summary>For the former Redis to load before the service meets it.</summary>
    private static readonly TimeSpan RedisPatience = TimeSpan.FromMinutes(10);

    public ImmutableArray<HostCommand> Commands => [.. Steps()];

    /// <summary>Names the containers that ran: Redis first.</summary>
    private IEnumerable<Container> Former =>
        target.Services.Redis.Concat(target.Services.Apps).Where(container => journal.Running.Contains(container.Id));

    private IEnumerable<HostCommand> Steps()
    {
        var services = target.Services;
        var docker = services.Docker;
        if (docker is not null && !target.Deployment.Containers.IsEmpty)
            yield return services.StopCommand(journal.Recreates ? target.Survey.Path : null,
                services.Apps.Concat(journal.Redis ? services.Redis : []));
        yield return target.Owner.Run(Exchange.Back(target.Survey.Path, journal.Items, journal.Stamp));
        if (docker is null)
            yield break;
        var redis = Former.Where(container => container.RunsRedis).ToList();
        if (redis.Count > 0)
        {
            yield return Start(redis);
            yield return LoadedRedis.ReadyCommand(docker, journal.Recreates ? redis[0].Name : redis[0].Id,
                target.Redis?.Endpoint.CliArguments ?? [], RedisPatience);
        }

        var apps = Former.Where(container => !container.RunsRedis).ToList();
        if (apps.Count > 0)
            yield return Start(apps);
    }

    /// <summary>Containers that compose made anew are replaced once more, by what the former files say.</summary>
    private HostCommand Start(IReadOnlyCollection<Container> containers) => journal.Recreates
        ? target.Services.UpCommand(containers.Select(container => container.Service).OfType<string>())
        : target.Services.StartCommand(containers.Select(container => container.Id));
}
