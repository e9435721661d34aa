using System.Collections.Immutable;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Encryption;

/// <summary>Chooses the tool, and finds out before anything is done whether it will do.</summary>
public static class ArchiveCiphers
{
    /// <summary>What seals for these recipients; it has sealed an empty text for them already.</summary>
    /// <param name="means">Also opens what was sealed, where they suffice.</param>
    /// <param name="workingDirectory">Where the operator stood, for relative paths.</param>
    /// <exception cref="RelayOpsException">The tool is missing or refuses a recipient (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<IArchiveCipher> ForSealingAsync(
        EncryptionRecipients recipients, DecryptionMeans means, string workingDirectory, CancellationToken cancellationToken)
    {
        // What is to be verified afterwards must be possible to open: to be told then would be late.
        if (recipients.Age.Length > 0 && means.Identity is { } identity)
            LockedIdentity.Refuse(identity);
        if ((recipients.Passphrase || recipients.AgePassphrase) && string.IsNullOrEmpty(means.Passphrase))
        {
            throw new RelayOpsException("cannot encrypt the backup", $"--encrypt-to {(recipients.Passphrase ? "passphrase" : "age-passphrase")} needs a passphrase, and there is none",
                "set the environment variable PASSPHRASE", ExitStatus.WrongUse);
        }

        var cipher = recipients.Tool == "age"
            ? new AgeCipher { Recipients = recipients.Age, WithPassphrase = recipients.AgePassphrase, Means = means }
            : await GpgAsync(recipients, means, workingDirectory, cancellationToken);
        await using (cipher.Seal(Stream.Null))
        {
            // Disposing it tells what the tool has against the recipients.
        }

        return cipher;
    }

    /// <summary>What opens archives of this kind, or null where there are no means. Whether they are those of the archive, it tells when it opens one.</summary>
    /// <param name="encryption"><c>age</c> or <c>gpg</c>.</param>
    public static IArchiveCipher? FindForOpening(string encryption, DecryptionMeans means) => !means.AreGiven ? null
        : encryption == "age" ? new AgeCipher { Means = means }
        : new GpgCipher { Means = means };

    private static async Task<IArchiveCipher> GpgAsync(
        EncryptionRecipients recipients, DecryptionMeans means, string workingDirectory, CancellationToken cancellationToken)
    {
        var keys = ImmutableArray.CreateBuilder<byte[]>();
        foreach (var key in recipients.Pgp)
            keys.Add(await ReadAsync(key, workingDirectory, cancellationToken));
        return new GpgCipher { PublicKeys = keys.ToImmutable(), WithPassphrase = recipients.Passphrase, Means = means };
    }

    private static async Task<byte[]> ReadAsync(PgpKey key, string workingDirectory, CancellationToken cancellationToken)
    {
        switch (key.Form)
        {
            case PgpKeyForm.Text:
                return Encoding.UTF8.GetBytes(key.Value);
            case PgpKeyForm.Fingerprint:
                return await ExportAsync(key.Value, cancellationToken);
            default:
                var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                var path = Path.GetFullPath(key.Value.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, key.Value[2..]) : key.Value, workingDirectory);
                return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : throw new RelayOpsException("cannot use --encrypt-to",
                    $"'{key.Value}' is no recipient, and no file of this name is there",
                    "give age1…, ssh-ed25519 …, ssh-rsa …, the path, text or fingerprint of a PGP public key, or the word passphrase or age-passphrase", ExitStatus.WrongUse);
        }
    }

    /// <summary>From the operator's own keyring, which is read and nothing else.</summary>
    private static async Task<byte[]> ExportAsync(string fingerprint, CancellationToken cancellationToken)
    {
        await using var exporting = CipherProcess.Start(new CipherCommand
        {
            Program = "gpg",
            Arguments = ["--batch", "--no-tty", "--quiet", "--no-autostart", "--export-options", "export-minimal", "--export", fingerprint],
        });
        await exporting.CloseInputAsync();
        using var exported = new MemoryStream();
        await exporting.Output.CopyToAsync(exported, cancellationToken);
        var said = await exporting.FindFailureAsync(cancellationToken);
        return said is null && exported.Length > 0 ? exported.ToArray() : throw new RelayOpsException(
            "cannot use --encrypt-to", $"the keyring has no key {fingerprint}{(said is null ? "" : $" ({said})")}",
            "import it with 'gpg --import', or give the path of its file", ExitStatus.WrongUse);
    }
}
