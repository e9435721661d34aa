using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Verification;

/// <summary>What can be said of a backup that nothing here can decrypt.</summary>
internal static class SealedNote
{
    public static string For(StoredBackup backup) =>
        $"it is encrypted with {backup.Encryption}, and nothing here can decrypt it. Proven: {Proven(backup)}. "
        + "Not proven: that it can be decrypted, and what is in it. "
        + "For that give --identity, or PASSPHRASE in the environment";

    private static string Proven(StoredBackup backup) => backup switch
    {
        { Record: not null } => "the store holds, byte for byte, what was written when the dataset had been read from end to end and every file hashed",
        { Sha256: not null } => "the archive has the sha256 that lies beside it",
        _ => "nothing but that it can be read from end to end",
    };
}
