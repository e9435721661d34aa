using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// The address by which clients come, asked once the service serves where it is now. It may still lead to the former server, which is for a
/// person to change: no answer is no reason to take a service back that clients may have written to.
/// </summary>
internal static class PublicAddress
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="url">Null where nobody named one.</param>
    public static async Task AskAsync(IHost host, string? url, IReporter reporter, CancellationToken cancellationToken)
    {
        if (url is null)
            return;
        try
        {
            await ServiceHealth.DemandUrlAsync(host, url, Patience, cancellationToken);
            reporter.Note($"{url} answers");
        }
        catch (RelayOpsException exception)
        {
            reporter.Warn($"{exception.What} yet: {exception.Why}");
        }
        catch (OperationCanceledException)
        {
            reporter.Warn($"{url} was not asked to the end; everything else is done");
        }
    }
}
