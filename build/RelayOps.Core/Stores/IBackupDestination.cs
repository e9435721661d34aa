namespace RelayOps.Core.Stores;

/// <summary>A store that a finished backup is copied into.</summary>
public interface IBackupDestination : IBackupStore
{
    /// <summary>
    /// Copies a backup from another store, and shows it only when size and checksum of what arrived are the record's. A copy that is there
    /// already is left as it is; half a copy of an earlier run is finished or removed.
    /// </summary>
    /// <param name="source">With its record; opened as often as needed. Where it is a <see cref="SharedReading.Share"/>, the first opening is one reading for several stores.</param>
    /// <exception cref="RelayOpsException">It must not or cannot be copied; nothing of it is visible in the store.</exception>
    Task<StoredBackup> PutAsync(CataloguedBackup source, CancellationToken cancellationToken);

    /// <summary>A backup that was encrypted anew takes the place of what the former key opens; else that has to be removed before.</summary>
    bool ReplacesFormer => false;

    /// <summary>Refuses, before anything is read or sent, what must not go there.</summary>
    /// <exception cref="RelayOpsException">(<see cref="ExitStatus.WrongUse"/>).</exception>
    Task RequireAdmissionAsync(bool isEncrypted, CancellationToken cancellationToken);
}
