using RelayOps.Core.Backups;

namespace RelayOps.Core.Stores;

/// <summary>A backup and the store that has it.</summary>
public sealed record CataloguedBackup(IBackupStore Store, StoredBackup Backup)
{
    public BackupId Id => Backup.Id;
}

/// <summary>Finds archives that were named by their path, inside or outside of the stores.</summary>
public interface IArchiveLocator
{
    /// <summary>Null when there is no such file.</summary>
    Task<CataloguedBackup?> FindAsync(string path, CancellationToken cancellationToken);
}

/// <summary>All configured stores, seen as one.</summary>
/// <param name="stores">In the order of <c>--store</c>: where several have a backup, the first is read.</param>
public sealed class BackupCatalogue(IReadOnlyList<IBackupStore> stores, IArchiveLocator? locator = null)
{
    /// <summary>The word that stands for the newest backup.</summary>
    public const string Latest = "latest";

    private const int NearestShown = 3;

    public IReadOnlyList<IBackupStore> Stores => stores;

    /// <summary>Every backup of every store, newest first; one that two stores have is there twice.</summary>
    public async Task<IReadOnlyList<CataloguedBackup>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<CataloguedBackup>();
        foreach (var store in stores)
            found.AddRange((await store.ListAsync(cancellationToken)).Select(backup => new CataloguedBackup(store, backup)));

        // OrderBy is stable, so that within one id the stores keep their order.
        return [.. found.OrderByDescending(entry => entry.Id).ThenBy(entry => entry.Backup.Record is null)];
    }

    /// <summary>The newest backup; null when no store has any.</summary>
    public async Task<CataloguedBackup?> FindNewestAsync(CancellationToken cancellationToken) =>
        await ListAsync(cancellationToken) is [var newest, ..] ? newest : null;

    /// <summary>What a new backup is compared with: the newest verified one of the same server and the same parts; null when there is none.</summary>
    /// <param name="only">As in <see cref="CatalogueRecord.Only"/>: a partial backup in between must not hide a collapse.</param>
    /// <param name="before">Only backups older than this one.</param>
    public async Task<CataloguedBackup?> FindComparableAsync(string serverId, string? only, BackupId before, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(entry => entry.Id < before
            && entry.Backup.Record is { Verified: > VerificationLevel.None } record && record.Server.Id == serverId && record.Only == only);

    /// <param name="name">An id, <c>latest</c>, or an archive's path.</param>
    /// <exception cref="RelayOpsException">
    /// No store has it (<see cref="ExitStatus.BadBackup"/>), or the text is none of the three (<see cref="ExitStatus.WrongUse"/>).
    /// </exception>
    public async Task<CataloguedBackup> GetAsync(string name, CancellationToken cancellationToken) =>
        (await GetAllAsync(name, cancellationToken))[0];

    /// <summary>As <see cref="GetAsync"/>, from every store that has it; the first is the one to read.</summary>
    public async Task<IReadOnlyList<CataloguedBackup>> GetAllAsync(string name, CancellationToken cancellationToken)
    {
        if (name != Latest && ArchiveName.LooksLikePath(name))
            return [await GetByPathAsync(name, cancellationToken)];
        var id = name == Latest ? (BackupId?)null : BackupId.Get(name);
        var all = await ListAsync(cancellationToken);
        id ??= all.Count > 0 ? all[0].Id : throw NoBackups();
        var found = all.Where(entry => entry.Id == id).ToList();
        return found.Count > 0 ? found : throw Missing(id.Value, all);
    }

    private async Task<CataloguedBackup> GetByPathAsync(string path, CancellationToken cancellationToken)
    {
        var all = await ListAsync(cancellationToken);
        return all.FirstOrDefault(entry => entry.Backup.Location == path || entry.Backup.Archive == path)
            ?? (locator is null ? null : await locator.FindAsync(path, cancellationToken))
            ?? throw new RelayOpsException($"there is no archive '{path}'", "no such file",
                "check the path, or run the List target to see the backups there are", ExitStatus.BadBackup);
    }

    private RelayOpsException NoBackups() =>
        new("there is no backup yet", $"{StoreNames} holds none", "run the Backup target, or check --store and --backup-directory",
            ExitStatus.BadBackup);

    private RelayOpsException Missing(BackupId id, IReadOnlyList<CataloguedBackup> all)
    {
        if (all.Count == 0)
            return NoBackups();
        var nearest = all.Select(entry => entry.Id).Distinct().OrderBy(other => (other.Time - id.Time).Duration()).Take(NearestShown);
        return new RelayOpsException($"there is no backup {id}", $"{StoreNames} does not have it",
            $"the nearest are {string.Join(", ", nearest)}; run the List target to see all", ExitStatus.BadBackup);
    }

    private string StoreNames => stores.Count == 0 ? "no store" : "store " + string.Join(" or ", stores.Select(store => store.Name));
}
