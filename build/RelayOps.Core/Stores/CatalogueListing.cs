namespace RelayOps.Core.Stores;

/// <summary>A store that did not say what it has.</summary>
public sealed record SilentStore(IBackupStore Store, RelayOpsException Error)
{
    public override string ToString() => $"store {Store.Name} could not be asked ({Error.Why})";
}

/// <summary>What the stores answered, one by one: one that is out of reach keeps no other from being used.</summary>
/// <param name="Backups">Newest first; one that two stores have is there twice.</param>
/// <param name="Silent">Where there are any, <paramref name="Backups"/> may lack something.</param>
public sealed record CatalogueListing(IReadOnlyList<CataloguedBackup> Backups, IReadOnlyList<SilentStore> Silent)
{
    public bool IsComplete => Silent.Count == 0;

    /// <summary>For people; why they are silent was told when they were asked.</summary>
    public string SilentNames => string.Join(" and ", Silent.Select(silent => $"store {silent.Store.Name}"));

    /// <param name="otherwise">What to do where a store stays out of reach.</param>
    /// <exception cref="RelayOpsException">Some store did not answer, with the first one's status.</exception>
    public void RequireComplete(string what, string? otherwise = null)
    {
        if (Silent is [{ Error: var error }, ..])
            throw new RelayOpsException(what, string.Join("; ", Silent), error.Next + (otherwise is null ? "" : $"; {otherwise}"), error.Status, error);
    }
}
