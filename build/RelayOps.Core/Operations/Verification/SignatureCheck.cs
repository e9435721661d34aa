using RelayOps.Core.Signatures;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Holds the record against those who may sign: whoever owns the store could write a record that fits any archive.</summary>
internal static class SignatureCheck
{
    /// <returns>Whose signature it is; null where none is demanded.</returns>
    /// <exception cref="RelayOpsException">There is none, or it is of nobody trusted (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static async Task<string?> RequireAsync(StoredBackup backup, ITrustedSigners? trusted, CancellationToken cancellationToken)
    {
        if (trusted is null)
            return null;
        if (backup.Record is not { } record)
            throw Untrusted(backup, "it has no catalogue record, which is what is signed");
        if (record.Signature is not { } signature)
            throw Untrusted(backup, "its catalogue record is not signed");
        if (record.BackupId != backup.Id.ToString())
            throw Untrusted(backup, $"its catalogue record is that of backup {record.BackupId}");
        return await trusted.RequireAsync(BackupStatement.Of(record), signature, cancellationToken);
    }

    private static RelayOpsException Untrusted(StoredBackup backup, string why) => new($"backup {backup.Id} is not trusted", why,
        "use a backup that was made with --sign-with; leave --trusted-signers out only if you know where this one comes from", ExitStatus.BadBackup);
}
