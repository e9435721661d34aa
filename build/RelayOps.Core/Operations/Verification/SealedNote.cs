using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Verification;

/// <summary>What can be said of a backup that nothing here can decrypt.</summary>
internal static class SealedNote
{
    /// <param name="signedBy">Whose signature was demanded; null where none was.</param>
    public static string For(StoredBackup backup, string? signedBy) =>
        $"it is encrypted with {backup.Encryption}, and nothing here can decrypt it. Proven: {Proven(backup)}. "
        + $"Not proven: that it can be decrypted, {NotProven(backup, signedBy)}. "
        + "For that give --identity, or PASSPHRASE in the environment";

    private static string Proven(StoredBackup backup) => backup switch
    {
        { Record: not null } => "the store holds, byte for byte, what was written when the dataset had been read from end to end and every file hashed",
        { Sha256: not null } => "the archive has the sha256 that lies beside it",
        _ => "nothing but that it can be read from end to end",
    };

    /// <summary>Both come from the same store: whoever may write there can put others in the place of both, which a signature alone tells.</summary>
    private static string NotProven(StoredBackup backup, string? signedBy) =>
        signedBy is not null || backup is { Record: null, Sha256: null } ? "and what is in it"
        : $"what is in it, and that archive and {(backup.Record is null ? ".sha256 file" : "record")} were not replaced together";
}
