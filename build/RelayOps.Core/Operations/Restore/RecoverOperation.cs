using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Finishes or undoes what a restore or rollback that broke off left on the server, before another kind of operation begins.</summary>
public sealed class RecoverOperation(IHost host, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    /// <exception cref="RelayOpsException">It could not be mended, or another operation is at work there.</exception>
    public async Task RunAsync(string deploymentPath, LockOwner owner, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var target = await RestoreTarget.InspectAsync(host, compose, reporter, deploymentPath, cancellationToken);
        await using var held = await DeploymentLock.AcquireAsync(
            host, target.Deployment.Writing, owner, lockWait, time, reporter, cancellationToken);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        await new Recovery(host, target, new JournalFile(host, target.Owner)).RunAsync(reporter, working.Token);
    }
}
