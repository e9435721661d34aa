using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>The service on the new server, once it is the only one.</summary>
/// <param name="former">The old server's containers: what did not run there is not started here either.</param>
internal sealed class NewService(Arrival arrival, IReadOnlyList<Container> former, IComposeParser compose)
{
    /// <summary>Redis runs already, or is started first.</summary>
    /// <exception cref="RelayOpsException">It is not healthy in time.</exception>
    public async Task StartAsync(TimeSpan healthTimeout, CancellationToken cancellationToken)
    {
        var target = await arrival.InspectAsync(compose, arrival.Path, cancellationToken);
        var services = target.Services;
        if (target.App is not { } app)
            throw new RelayOpsException($"the service is not there on {arrival.Host.Name}", "compose made no container of it", "migrate again");
        if (target.Redis is null)
        {
            await services.RunAsync(services.StartCommand(services.Redis.Select(container => container.Id)), "start redis", cancellationToken);
            await new LoadedRedis(arrival.Host, target, TimeProvider.System).GetReadyAsync(recreated: false, healthTimeout, cancellationToken);
        }

        var idle = former.Where(container => !container.IsRunning).Select(container => container.Service).ToHashSet();
        var apps = services.Apps.Where(container => container.Id == app.Id || !idle.Contains(container.Service)).Select(container => container.Id);
        await services.RunAsync(services.StartCommand(apps), "start the service", cancellationToken);
        await ServiceHealth.DemandAsync(arrival.Host, services.Docker!, app, healthTimeout, cancellationToken);
    }
}
