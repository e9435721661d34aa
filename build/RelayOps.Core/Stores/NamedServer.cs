using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Stores;

/// <summary>The deployment whose backups are meant, as the operator names it: stores may hold those of a whole fleet.</summary>
/// <param name="Name">As backups name the server they are of: <c>user@host:port</c>, or <c>local</c>.</param>
/// <param name="DeploymentPath">Absolute, or below the user's home with <c>~</c>.</param>
public sealed record NamedServer(string Name, string DeploymentPath)
{
    public override string ToString() => $"{DeploymentPath} on {Name}";

    /// <summary>The one that <c>latest</c> means: the newest of this deployment, or of all where they are of one deployment anyway.</summary>
    /// <param name="server">Null where none was named: then a warning says whose the newest is.</param>
    /// <returns>Null where there is no backup at all.</returns>
    /// <exception cref="RelayOpsException">There are several deployments' backups, and none of them is named so.</exception>
    internal static CataloguedBackup? FindNewest(NamedServer? server, IReadOnlyList<CataloguedBackup> backups, IReporter reporter)
    {
        if (backups is not [var newest, ..])
            return null;
        var deployments = backups.Select(entry => entry.Backup.Record?.Server.Id).OfType<string>().Distinct().Count();
        if (deployments < 2)
            return newest;
        if (server is null)
        {
            reporter.Warn($"the newest backup, {newest.Id}, is one of {Of(newest)}, and there are backups of {deployments} deployments: name one with --server, or pass an id");
            return newest;
        }

        return backups.FirstOrDefault(entry => server.Owns(entry.Backup.Record))
            ?? throw new RelayOpsException($"there is no backup of {server}", $"the backups there are of {deployments} other deployments; the newest, {newest.Id}, is one of {Of(newest)}",
                "run the List target, and pass the id of the one that is meant", ExitStatus.BadBackup);
    }

    private bool Owns(CatalogueRecord? record) => record is { Server: var source } && source.Name == Name
        && (DeploymentPath.StartsWith('~') ? source.DeploymentPath.EndsWith(DeploymentPath[1..].TrimEnd('/'), StringComparison.Ordinal)
            : source.DeploymentPath == DeploymentPath.TrimEnd('/'));

    private static string Of(CataloguedBackup backup) =>
        backup.Backup.Record is { Server: var source } ? $"{source.DeploymentPath} on {source.Name}" : "an older script";
}
