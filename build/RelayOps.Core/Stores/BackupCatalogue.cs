using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;

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
/// <param name="reporter">Hears of stores that could not be asked; each is named once.</param>
/// <param name="server">Whose newest backup <c>latest</c> means, where there are those of several.</param>
/// <param name="clock">Tells which backups are dated in the future.</param>
public sealed class BackupCatalogue(
    IReadOnlyList<IBackupStore> stores, IReporter reporter, IArchiveLocator? locator = null, NamedServer? server = null, TimeProvider? clock = null)
{
    /// <summary>The word that stands for the newest backup.</summary>
    public const string Latest = "latest";

    private const int NearestShown = 3;

    /// <summary>A store that is out of reach has cost its time-outs once.</summary>
    private readonly Dictionary<IBackupStore, SilentStore> silent = [];

    public IReadOnlyList<IBackupStore> Stores => stores;

    private IReadOnlyList<SilentStore> Silent => [.. stores.Where(silent.ContainsKey).Select(store => silent[store])];

    /// <summary>Asks every store; those that cannot be asked are named in a warning.</summary>
    public async Task<CatalogueListing> AskAsync(CancellationToken cancellationToken)
    {
        var found = new List<CataloguedBackup>();
        foreach (var store in stores)
            found.AddRange((await TryListAsync(store, cancellationToken)).Select(backup => new CataloguedBackup(store, backup)));

        // OrderBy is stable, so that within one id the stores keep their order.
        return new CatalogueListing([.. found.OrderByDescending(entry => entry.Id).ThenBy(entry => entry.Backup.Record is null)], Silent);
    }

    /// <exception cref="RelayOpsException">Some store that was asked did not answer, with the first one's status.</exception>
    public void RequireComplete(string what) => new CatalogueListing([], Silent).RequireComplete(what);

    /// <summary>Every backup of every store that answers, newest first; one that two stores have is there twice.</summary>
    /// <exception cref="RelayOpsException">No store answers.</exception>
    public async Task<IReadOnlyList<CataloguedBackup>> ListAsync(CancellationToken cancellationToken) =>
        Answered(await AskAsync(cancellationToken)).Backups;

    /// <summary>What a new backup is compared with: the newest verified one of the same server and the same parts; null when there is none.</summary>
    /// <param name="only">As in <see cref="CatalogueRecord.Only"/>: a partial backup in between must not hide a collapse.</param>
    /// <param name="before">Only backups older than this one.</param>
    /// <exception cref="RelayOpsException">None was found, and a store that may have one could not be asked.</exception>
    public async Task<CataloguedBackup?> GetComparableAsync(string serverId, string? only, BackupId before, CancellationToken cancellationToken)
    {
        var listing = await AskAsync(cancellationToken);
        var found = FindComparable(listing, serverId, only, before);
        if (found is null)
            listing.RequireComplete("a new backup could not be compared with the last one", "--allow-shrink does without the comparison");
        else if (!listing.IsComplete)
            reporter.Warn($"the new backup is compared with {found.Id} of store {found.Store.Name}: {listing.SilentNames} could not be asked and may have a newer one");
        return found;
    }

    /// <summary>The same, of the stores that answer.</summary>
    public async Task<CataloguedBackup?> FindComparableAsync(string serverId, string? only, BackupId before, CancellationToken cancellationToken) =>
        FindComparable(await AskAsync(cancellationToken), serverId, only, before);

    /// <param name="name">An id, <c>latest</c>, or an archive's path.</param>
    /// <exception cref="RelayOpsException">
    /// No store has it (<see cref="ExitStatus.BadBackup"/>), or the text is none of the three (<see cref="ExitStatus.WrongUse"/>), or a store
    /// that may have it could not be asked.
    /// </exception>
    public async Task<CataloguedBackup> GetAsync(string name, CancellationToken cancellationToken) =>
        (await GetAllAsync(name, cancellationToken))[0];

    /// <summary>As <see cref="GetAsync"/>, from every store that has it and answers; the first is the one to read.</summary>
    public async Task<IReadOnlyList<CataloguedBackup>> GetAllAsync(string name, CancellationToken cancellationToken)
    {
        if (name != Latest && ArchiveName.LooksLikePath(name))
            return [await GetByPathAsync(name, cancellationToken)];
        var id = name == Latest ? (BackupId?)null : BackupId.Get(name);
        var listing = Answered(await AskAsync(cancellationToken));
        id ??= FindNewest(listing) ?? throw NoBackups(listing);
        var found = listing.Backups.Where(entry => entry.Id == id).ToList();
        return found.Count > 0 ? found : throw Missing(id.Value, listing);
    }

    /// <summary>One that is dated in the future only where there is no other: some clock was wrong, and it would be the newest for as long as that was ahead.</summary>
    private BackupId? FindNewest(CatalogueListing listing)
    {
        var now = (clock ?? TimeProvider.System).GetUtcNow();
        var byAge = listing.Backups.OrderBy(entry => entry.Id.IsAheadOf(now)).ToList();
        if (NamedServer.FindNewest(server, byAge, reporter) is not { } newest)
            return null;
        if (byAge.Find(entry => entry.Id.IsAheadOf(now) && entry.Backup.Record?.Server.Id == newest.Backup.Record?.Server.Id) is { Id: var ahead })
            reporter.Warn($"{ahead} is dated in the future: nobody knows how old it is. {(newest.Id == ahead ? "There is no other" : $"{newest.Id} is taken instead; pass its id if that one is meant")}");
        if (!listing.IsComplete)
            reporter.Warn($"{newest.Id} is the newest backup of the stores that answered: {listing.SilentNames} could not be asked and may have a newer one");
        return newest.Id;
    }

    private static CataloguedBackup? FindComparable(CatalogueListing listing, string serverId, string? only, BackupId before) =>
        listing.Backups.FirstOrDefault(entry => entry.Id < before
            && entry.Backup.Record is { Verified: > VerificationLevel.None } record && record.Server.Id == serverId && record.Only == only);

    private async Task<IReadOnlyList<StoredBackup>> TryListAsync(IBackupStore store, CancellationToken cancellationToken)
    {
        if (silent.ContainsKey(store))
            return [];
        try
        {
            return await store.ListAsync(cancellationToken);
        }
        catch (RelayOpsException e)
        {
            silent.Add(store, new SilentStore(store, e));
            if (stores.Count > 1)
                reporter.Warn($"{silent[store]}: what it has is left out; {e.Next}");
            return [];
        }
    }

    /// <summary>Where nobody answered, there is nothing to go on with.</summary>
    private CatalogueListing Answered(CatalogueListing listing)
    {
        if (stores.Count == 1 && listing.Silent is [{ Error: var error }])
            throw error;
        if (stores.Count > 0 && listing.Silent.Count == stores.Count)
            listing.RequireComplete("no store could be asked");
        return listing;
    }

    private async Task<CataloguedBackup> GetByPathAsync(string path, CancellationToken cancellationToken)
    {
        var listing = await AskAsync(cancellationToken);
        var found = listing.Backups.FirstOrDefault(entry => entry.Backup.Location == path || entry.Backup.Archive == path)
            ?? (locator is null ? null : await locator.FindAsync(path, cancellationToken));
        if (found is not null)
            return found;
        listing.RequireComplete($"archive '{path}' was not found");
        throw new RelayOpsException($"there is no archive '{path}'", "no such file",
            "check the path, or run the List target to see the backups there are", ExitStatus.BadBackup);
    }

    private RelayOpsException NoBackups(CatalogueListing listing)
    {
        listing.RequireComplete("no backup was found");
        return new RelayOpsException("there is no backup yet", $"{StoreNames} holds none", "run the Backup target, or check --store and --backup-directory",
            ExitStatus.BadBackup);
    }

    private RelayOpsException Missing(BackupId id, CatalogueListing listing)
    {
        listing.RequireComplete($"backup {id} was not found in the stores that answered");
        var all = listing.Backups;
        if (all.Count == 0)
            return NoBackups(listing);
        var nearest = all.Select(entry => entry.Id).Distinct().OrderBy(other => (other.Time - id.Time).Duration()).Take(NearestShown);
        return new RelayOpsException($"there is no backup {id}", $"{StoreNames} does not have it",
            $"the nearest are {string.Join(", ", nearest)}; run the List target to see all", ExitStatus.BadBackup);
    }

    private string StoreNames => stores.Count == 0 ? "no store" : "store " + string.Join(" or ", stores.Select(store => store.Name));
}
