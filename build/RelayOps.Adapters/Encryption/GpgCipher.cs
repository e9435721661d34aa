using System.Collections.Immutable;
using RelayOps.Core;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Encryption;

/// <summary>The system's <c>gpg</c>, in a home of its own.</summary>
internal sealed class GpgCipher : IArchiveCipher
{
    /// <summary>gpg's own highest: told here, it need not ask an agent to measure one.</summary>
    private const string KeyDerivation = "65011712";

    public string Name => "gpg";

    public string Extension => ".gpg";

    public string Program { get; init; } = "gpg";

    /// <summary>Public keys, armoured or not.</summary>
    public ImmutableArray<byte[]> PublicKeys { get; init; } = [];

    /// <summary>Seal for whoever knows the passphrase.</summary>
    public bool WithPassphrase { get; init; }

    public DecryptionMeans Means { get; init; } = new();

    public Stream Seal(Stream destination)
    {
        var preamble = WithPassphrase ? IdentityText.Line(Means.Passphrase) : default;
        var home = new GpgHome();
        try
        {
            var process = CipherProcess.Start(new CipherCommand
            {
                Program = Program,
                Arguments = [.. home.Arguments, .. SealingArguments(home)],
                Preamble = preamble,
                Belongings = home,
            });
            return new SealingStream(process, destination, said => CipherErrors.Sealing(Name, said));
        }
        catch
        {
            home.Directory.Dispose();
            throw;
        }
    }

    public Stream Open(Stream source) => new OpeningStream(StartOpeningAsync, source, Explain);

    /// <summary>The passphrase alone may be that of the key that signs.</summary>
    private RelayOpsException Explain(string said) => Means.Identity is null && said.Contains("No secret key", StringComparison.Ordinal)
        ? new("cannot decrypt the archive", "gpg locked it for keys alone, not with a passphrase", "give --identity", ExitStatus.BadBackup) { LacksKey = true }
        : CipherErrors.Opening(Name, said, "check --identity and --passphrase; if they are the right ones, use another backup");

    private List<string> SealingArguments(GpgHome home)
    {
        // The archive is compressed already.
        List<string> arguments = ["--cipher-algo", "AES256", "--compress-algo", "none"];
        if (WithPassphrase)
        {
            arguments.AddRange(["--pinentry-mode", "loopback", "--passphrase-fd", "0", "--s2k-cipher-algo", "AES256", "--s2k-digest-algo", "SHA512",
                "--s2k-count", KeyDerivation, "--symmetric"]);
        }

        if (PublicKeys.Length > 0)
            arguments.Add("--encrypt");
        foreach (var (key, index) in PublicKeys.Select((key, index) => (key, index)))
            arguments.AddRange(["--recipient-file", home.Directory.Write($"recipient-{index}", key)]);
        return arguments;
    }

    private async Task<CipherProcess> StartOpeningAsync(CancellationToken cancellationToken)
    {
        var preamble = IdentityText.Line(Means.Passphrase);
        var home = new GpgHome { NeedsAgent = Means.Identity is not null };
        try
        {
            if (Means.Identity is { } identity)
                await ImportAsync(home, IdentityText.PathOf(identity, home.Directory), cancellationToken);
            string[] passphrase = preamble.IsEmpty ? ["--pinentry-mode", "error"] : ["--pinentry-mode", "loopback", "--passphrase-fd", "0"];
            return CipherProcess.Start(new CipherCommand
            {
                Program = Program,
                Arguments = [.. home.Arguments, .. passphrase, "--decrypt"],
                Preamble = preamble,
                Belongings = home,
            });
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    private async Task ImportAsync(GpgHome home, string path, CancellationToken cancellationToken)
    {
        await using var importing = CipherProcess.Start(new CipherCommand
        {
            Program = Program,
            Arguments = [.. home.Arguments, "--import", path],
        });
        await importing.CloseInputAsync();
        if (await importing.FindFailureAsync(cancellationToken) is { } said)
            throw new RelayOpsException("cannot use --identity", $"gpg failed: {said}", "give a private PGP key, as gpg --export-secret-keys writes it", ExitStatus.WrongUse);
    }
}
