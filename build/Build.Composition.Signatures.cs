using RelayOps.Adapters.Signatures;
using RelayOps.Core.Signatures;

/// <summary>Signing and trusting, once both were found to be possible.</summary>
internal sealed partial class Composition
{
    private IHazSignatures Signatures => _build;

    /// <summary>Null where nobody signs.</summary>
    public IRecordSigner? Signer { get; private set; }

    /// <summary>Null where no signature is demanded.</summary>
    public ITrustedSigners? TrustedSigners { get; private set; }

    /// <summary>Finds out whether a backup can be signed as asked for, before it is begun.</summary>
    public async Task PrepareSigningAsync(CancellationToken cancellationToken)
    {
        if (_secrets.SignWith is { } key)
            Signer = await Signers.ForSigningAsync(key, _secrets.Passphrase, CallerPath.Directory, cancellationToken);
    }

    /// <summary>Ends what signing has started on this machine.</summary>
    private async Task EndSigningAsync()
    {
        if (Signer is IAsyncDisposable started)
            await started.DisposeAsync();
    }

    public async Task PrepareTrustAsync(CancellationToken cancellationToken)
    {
        if (Signatures.TrustedSigners is { } list)
            TrustedSigners = await Signers.TrustedAsync(list, CallerPath.Directory, cancellationToken);
    }
}
