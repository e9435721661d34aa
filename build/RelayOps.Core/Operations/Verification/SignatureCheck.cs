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

    /// <summary>What is signed is the record: whether the bytes are those that it names is told by their checksum alone.</summary>
    /// <param name="source">Nobody else may read it any more.</param>
    /// <exception cref="RelayOpsException">They are others (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static async Task RequireBytesAsync(StoredBackup backup, ITrustedSigners? trusted, SealedSource source, CancellationToken cancellationToken)
    {
        if (trusted is not null)
            ChecksumCheck.Require(backup, await source.FinishAsync(cancellationToken), source.Total, inner: null);
    }

    private static RelayOpsException Untrusted(StoredBackup backup, string why) => new($"backup {backup.Id} is not trusted", why,
        "use a backup that was made with --sign-with; leave --trusted-signers out only if you know where this one comes from", ExitStatus.BadBackup);
}
