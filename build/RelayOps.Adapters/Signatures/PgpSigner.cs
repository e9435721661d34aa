using System.Text;
using RelayOps.Adapters.Encryption;
using RelayOps.Core;
using RelayOps.Core.Signatures;

namespace RelayOps.Adapters.Signatures;

/// <summary>The system's <c>gpg</c>: with a key of its own in a home of its own, or with one of the operator's keyring.</summary>
internal sealed class PgpSigner : IRecordSigner, IAsyncDisposable
{
    /// <summary>A private key; null for one of the keyring.</summary>
    public byte[]? Key { get; init; }

    /// <summary>Of a key in the operator's keyring, whose agent then may ask.</summary>
    public string? Fingerprint { get; init; }

    public string? Passphrase { get; init; }

    /// <summary>Of the operator's keyring; null where that is not used.</summary>
    public OperatorAgent? Agent { get; init; }

    public ValueTask DisposeAsync() => Agent?.DisposeAsync() ?? ValueTask.CompletedTask;

    public async Task<string> SignAsync(ReadOnlyMemory<byte> statement, CancellationToken cancellationToken)
    {
        await using var home = new GpgHome { NeedsAgent = true };
        IEnumerable<string> where = Fingerprint is null ? home.Arguments : ["--batch", "--no-tty", "--quiet", "--local-user", Fingerprint];
        if (Key is { } key)
            await ImportAsync(home, key, cancellationToken);
        var passphrase = IdentityText.Line(Passphrase);
        IEnumerable<string> unlocking = !passphrase.IsEmpty ? ["--pinentry-mode", "loopback", "--passphrase-fd", "0"]
            : Fingerprint is null ? ["--pinentry-mode", "error"] : [];
        var (signature, failure) = await ToolRun.OfAsync(new CipherCommand
        {
            Program = "gpg",
            Arguments = [.. where, .. unlocking, "--armor", "--detach-sign"],
            Preamble = passphrase,
        }, statement, cancellationToken);
        return failure is null ? Encoding.ASCII.GetString(signature).ReplaceLineEndings("\n") : throw new RelayOpsException(
            "cannot use --sign-with", $"gpg failed: {failure}",
            "give a private PGP key that may sign, and PASSPHRASE in the environment if it is locked", ExitStatus.WrongUse);
    }

    private static async Task ImportAsync(GpgHome home, byte[] key, CancellationToken cancellationToken)
    {
        var (_, failure) = await ToolRun.OfAsync(new CipherCommand { Program = "gpg", Arguments = [.. home.Arguments, "--import"] }, key, cancellationToken);
        if (failure is not null)
            throw new RelayOpsException("cannot use --sign-with", $"gpg failed: {failure}",
                "give a private PGP key, as gpg --export-secret-keys writes it", ExitStatus.WrongUse);
    }
}

/// <summary>The system's <c>gpg --verify</c>, with a keyring of nobody but those who are trusted.</summary>
internal sealed class PgpTrust(byte[] keys) : ITrustedSigners
{
    public async Task<string> RequireAsync(ReadOnlyMemory<byte> statement, string signature, CancellationToken cancellationToken)
    {
        await using var home = new GpgHome();
        var (_, refused) = await ToolRun.OfAsync(new CipherCommand { Program = "gpg", Arguments = [.. home.Arguments, "--import"] }, keys, cancellationToken);
        if (refused is not null)
            throw new RelayOpsException("cannot use --trusted-signers", $"gpg failed: {refused}", "give public PGP keys, as gpg --armor --export writes them", ExitStatus.WrongUse);
        var signed = home.Directory.Write("signature", signature);
        var (output, failure) = await ToolRun.OfAsync(new CipherCommand
        {
            Program = "gpg",
            Arguments = [.. home.Arguments, "--status-fd", "1", "--verify", signed, "-"],
        }, statement, cancellationToken);
        // gpg is content with a key that has expired or was revoked since; GOODSIG alone says that it is none of these.
        var good = Encoding.UTF8.GetString(output).Split('\n').FirstOrDefault(line => line.StartsWith("[GNUPG:] GOODSIG ", StringComparison.Ordinal));
        return failure is null && good is not null ? good.Split(' ', 4)[^1].Trim()
            : throw SignatureErrors.NotTrusted($"it is not signed by anybody whom --trusted-signers names (gpg: {failure ?? "the key has expired or was revoked"})");
    }
}
