using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>The service on the new server, once it is the only one.</summary>
/// <param name="former">The old server's containers: what did not run there is not started here either.</param>
internal sealed class NewService(IHost host, RestoreTarget target, IReadOnlyList<Container> former)
{
    public async Task StartRedisAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (target.Services.Redis.IsEmpty)
            throw Missing();
        await target.Services.RunAsync(target.Services.StartCommand(target.Services.Redis.Select(container => container.Id)), "start redis", cancellationToken);
        await new LoadedRedis(host, target, TimeProvider.System).GetReadyAsync(recreated: false, limit, cancellationToken);
    }

    /// <summary>Redis runs.</summary>
    /// <exception cref="RelayOpsException">It is not healthy in time.</exception>
    public async Task StartAsync(TimeSpan healthTimeout, CancellationToken cancellationToken)
    {
        var services = target.Services;
        var app = target.App ?? throw Missing();
        var idle = former.Where(container => !container.IsRunning).Select(container => container.Service).ToHashSet();
        var apps = services.Apps.Where(container => container.Id == app.Id || !idle.Contains(container.Service)).Select(container => container.Id);
        await services.RunAsync(services.StartCommand(apps), "start the service", cancellationToken);
        await ServiceHealth.DemandAsync(host, services.Docker!, app, healthTimeout, cancellationToken);
    }

    private RelayOpsException Missing() => new($"the service is not there on {host.Name}", "it has no containers of it", "migrate again");
}
