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

    private IEnumerable<HostCommand> Steps()
    {
        var services = target.Services;
        var docker = services.Docker;
        var native = journal.Native;
        // Nothing was exchanged where the service went elsewhere: its own containers are started again, on their own files.
        if (journal.MovedTo is null && docker is not null && !target.Deployment.Containers.IsEmpty)
            yield return services.StopCommand(journal.Recreates || !journal.Images.IsEmpty ? target.Survey.Path : null,
                services.Apps.Concat(journal.Redis ? services.Redis : []));
        if (native is not null)
            yield return native.StopAnyCommand(target.Survey, journal.Items.FirstOrDefault(item => item.Name == RedisFinder.DataDirectory)?.Aside);
        yield return target.Owner.Run(journal.MovedTo is null ? Exchange.Back(target.Survey.Path, journal.Items, journal.Stamp, journal.Copies)
            : HostCommand.ChangingScript("""cd "$1" && rm -f "$2" "$2.new" """, target.Survey.Path, ServerSurvey.MoveNote));
        if (docker is not null && !journal.ComingBack.IsEmpty)
            yield return services.RestartPolicyCommand("always", journal.ComingBack);
        if (docker is not null && !journal.Images.IsEmpty)
            yield return ImageExchange.Back(docker, target.KeptImages, journal.Stamp, journal.Images);
        if (native is not null)
        {
            yield return native.StartCommand(target.Survey);
            yield return native.ReadyCommand(target.Survey, RedisPatience);
        }

        // Containers that compose made anew are replaced once more, by what the former files say.
        var names = journal.Recreates ? journal.Services : journal.Running;
        if (docker is null || names.IsEmpty)
            yield break;
        var redis = journal.Redis && services.Redis.FirstOrDefault(journal.Ran) is not null ? names[..1] : [];
        if (!redis.IsEmpty)
        {
            foreach (var command in Start(redis))
                yield return command;
            yield return LoadedRedis.ReadyCommand(docker, journal.Running[0], target.Redis?.Endpoint.CliArguments ?? [], RedisPatience);
        }

        foreach (var command in Start(names[redis.Length..]))
            yield return command;
    }

    /// <param name="names">Of services where all containers are made anew, else of containers.</param>
    private IEnumerable<HostCommand> Start(ImmutableArray<string> names)
    {
        string[] anew = journal.Recreates ? [.. names]
            : [.. journal.Images.Where(image => names.Contains(image.Container)).Select(image => image.Service).Distinct()];
        string[] same = journal.Recreates ? [] : [.. names.Except(journal.Images.Select(image => image.Container))];
        if (anew.Length > 0)
            yield return target.Services.UpCommand(journal.Project, anew);
        if (same.Length > 0)
            yield return target.Services.StartCommand(same);
    }
}
