using RelayOps.Core.Backups;

namespace RelayOps.Core.Encryption;

/// <summary>What is said of an archive that nothing at hand opens.</summary>
public static class OpenedArchive
{
    public static RelayOpsException Locked(BackupId id, string encryption) => new(
        $"cannot read backup {id}", $"it is encrypted with {encryption}, and nothing here can decrypt it",
        "give --identity, or PASSPHRASE in the environment", ExitStatus.BadBackup)
    { LacksKey = true };
}
