using System.Collections.Immutable;
using RelayOps.Core;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Encryption;

/// <summary>The system's <c>age</c>.</summary>
internal sealed class AgeCipher : IArchiveCipher
{
    public string Name => "age";

    public string Extension => ".age";

    public string Program { get; init; } = "age";

    /// <summary>As age takes them; empty where nothing is to be sealed, or for a passphrase.</summary>
    public ImmutableArray<string> Recipients { get; init; } = [];

    /// <summary>Seal for whoever knows the passphrase.</summary>
    public bool WithPassphrase { get; init; }

    public DecryptionMeans Means { get; init; } = new();

    public Stream Seal(Stream destination)
    {
        // It asks for a passphrase twice.
        var process = WithPassphrase ? StartAsked(["--encrypt", "--passphrase"], times: 2, preamble: default) : CipherProcess.Start(new CipherCommand
        {
            Program = Program,
            Arguments = ["--encrypt", .. Recipients.SelectMany(recipient => new[] { "--recipient", recipient })],
        });
        return new SealingStream(process, destination, said => CipherErrors.Sealing(Name, said));
    }

    public Stream Open(Stream source) => new OpeningStream(async cancellationToken =>
    {
        var header = await AgeHeader.ReadAsync(source, cancellationToken);
        if (header.IsForPassphrase)
            return Means.Passphrase is null ? throw Locked("with a passphrase", "set the environment variable PASSPHRASE") : StartAsked(["--decrypt"], times: 1, header.Bytes);
        if (Means.Identity is { } identity)
            return StartWith(identity, header.Bytes);
        return header.IsForKeys ? throw Locked("for keys alone, not with a passphrase", "give --identity") : StartAsked(["--decrypt"], times: 1, header.Bytes);
    }, source, Explain);

    private CipherProcess StartWith(string identity, ReadOnlyMemory<byte> begun)
    {
        LockedIdentity.Refuse(identity);
        var files = new PrivateFiles();
        try
        {
            return CipherProcess.Start(new CipherCommand
            {
                Program = Program,
                // age itself reads the data from its input, so the identity has to be a file: 0600, in a directory of 0700, gone with the tool.
                Arguments = ["--decrypt", "--identity", IdentityText.PathOf(identity, files.Directory)],
                Preamble = begun,
                Belongings = files,
            });
        }
        catch
        {
            files.Directory.Dispose();
            throw;
        }
    }

    /// <param name="times">How often it asks for the passphrase.</param>
    /// <param name="preamble">What was read of the data already.</param>
    private CipherProcess StartAsked(ImmutableArray<string> arguments, int times, ReadOnlyMemory<byte> preamble) => CipherProcess.Start(new CipherCommand
    {
        Program = Program,
        Arguments = arguments,
        Preamble = preamble,
        Terminal = PseudoTerminal.WithTyped(Means.Passphrase, times),
    });

    private static RelayOpsException Locked(string how, string next) =>
        new("cannot decrypt the archive", $"age locked it {how}", next, ExitStatus.BadBackup) { LacksKey = true };

    // A header that cannot be read is the archive's fault, whatever else the line says.
    private RelayOpsException Explain(string said) => said.Contains("header", StringComparison.Ordinal)
        ? CipherErrors.Opening(Name, said, "use another backup")
        : said.Contains("incorrect passphrase", StringComparison.Ordinal)
            ? CipherErrors.Opening(Name, said, "check PASSPHRASE; if it is the right one, use another backup")
            : said.Contains("malformed", StringComparison.Ordinal) || said.Contains("unknown identity", StringComparison.Ordinal)
                ? new RelayOpsException("cannot use --identity", said, "give an age identity or a private ssh key", ExitStatus.WrongUse)
                : CipherErrors.Opening(Name, said, "check --identity or PASSPHRASE; if it is the right one, use another backup");
}

/// <summary>The first bytes of an archive, which tell what opens it. Source: the age file format, version 1.</summary>
/// <param name="Bytes">To be read before the rest of the archive.</param>
internal sealed record AgeHeader(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>A passphrase is alone: nothing stands before it.</summary>
    public bool IsForPassphrase => Bytes.Span.StartsWith("age-encryption.org/v1\n-> scrypt "u8);

    public bool IsForKeys => Bytes.Span.StartsWith("age-encryption.org/v1\n-> "u8) && !IsForPassphrase;

    public static async Task<AgeHeader> ReadAsync(Stream archive, CancellationToken cancellationToken)
    {
        var bytes = new byte[32];
        return new AgeHeader(bytes.AsMemory(0, await archive.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)));
    }
}
