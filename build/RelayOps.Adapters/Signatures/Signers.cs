using System.Text;
using RelayOps.Core;
using RelayOps.Core.Signatures;

namespace RelayOps.Adapters.Signatures;

/// <summary>Chooses between ssh-keygen and gpg by what the key is.</summary>
public static class Signers
{
    private const string Forms = "give an ssh key (a .pub where ssh-agent has the other half), or a private PGP key: its path, its text in the environment variable SIGN_WITH, or the 40 digits of its fingerprint in your keyring";

    /// <summary>What signs with this key; it has signed a text already. One that can be disposed of is, at the end of the run.</summary>
    /// <param name="key">A path, a text or a fingerprint.</param>
    /// <param name="passphrase">Of a PGP key.</param>
    /// <param name="workingDirectory">Where the operator stood, for relative paths.</param>
    /// <exception cref="RelayOpsException">It is no key, or cannot be used without being asked (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<IRecordSigner> ForSigningAsync(
        string key, string? passphrase, string workingDirectory, CancellationToken cancellationToken)
    {
        var signer = await ChooseAsync(key, passphrase, workingDirectory, cancellationToken);
        try
        {
            _ = await signer.SignAsync(Encoding.UTF8.GetBytes("claude-relay-backup, can this key sign?\n"), cancellationToken);
            return signer;
        }
        catch
        {
            if (signer is IAsyncDisposable started)
                await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Those whom a list names.</summary>
    /// <param name="list">The path or the text of an allowed_signers file, of ssh public keys, or of PGP public keys.</param>
    /// <exception cref="RelayOpsException">It names nobody (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<ITrustedSigners> TrustedAsync(string list, string workingDirectory, CancellationToken cancellationToken)
    {
        var bytes = await FindAsync(list, workingDirectory, cancellationToken) ?? throw new RelayOpsException("cannot use --trusted-signers", $"'{list}' is no file and holds no public key",
                "give the path or the text of an allowed_signers file (ssh-keygen(1)), of ssh public keys, or of PGP public keys", ExitStatus.WrongUse);
        return KeyText.IsPgp(bytes) ? new PgpTrust(bytes) : new SshTrust(AllowedSigners.From(Encoding.UTF8.GetString(bytes)));
    }

    private static async Task<IRecordSigner> ChooseAsync(
        string key, string? passphrase, string workingDirectory, CancellationToken cancellationToken)
    {
        if (KeyText.IsFingerprint(key))
            return new PgpSigner { Fingerprint = key, Passphrase = passphrase, Agent = await OperatorAgent.LookAsync(cancellationToken) };
        // The value is not repeated: it may be a key that was not recognised.
        var bytes = await FindAsync(key, workingDirectory, cancellationToken)
            ?? throw new RelayOpsException("cannot use --sign-with", "it names no file and holds no private key", Forms, ExitStatus.WrongUse);
        if (KeyText.IsPgp(bytes))
            return new PgpSigner { Key = bytes, Passphrase = passphrase };
        return new SshSigner { Key = bytes };
    }

    /// <returns>Null where a path leads nowhere.</returns>
    private static async Task<byte[]?> FindAsync(string pathOrText, string workingDirectory, CancellationToken cancellationToken)
    {
        if (KeyText.IsText(pathOrText))
            return Encoding.UTF8.GetBytes(pathOrText.ReplaceLineEndings("\n").TrimEnd('\n') + "\n");
        var path = KeyText.PathOf(pathOrText, workingDirectory);
        return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
    }
}
