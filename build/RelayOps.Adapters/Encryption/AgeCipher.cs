using System.Collections.Immutable;
using RelayOps.Core;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Encryption;

/// <summary>The system's <c>age</c>.</summary>
/// <param name="recipients">As age takes them; empty where nothing is to be sealed.</param>
/// <param name="identity">A path or a text; null where nothing is to be opened.</param>
internal sealed class AgeCipher(ImmutableArray<string> recipients, string? identity, string program = "age") : IArchiveCipher
{
    public string Name => "age";

    public string Extension => ".age";

    public Stream Seal(Stream destination)
    {
        var process = CipherProcess.Start(new CipherCommand
        {
            Program = program,
            Arguments = ["--encrypt", .. recipients.SelectMany(recipient => new[] { "--recipient", recipient })],
        });
        return new SealingStream(process, destination, said => CipherErrors.Sealing(Name, said));
    }

    public Stream Open(Stream source)
    {
        LockedIdentity.Refuse(identity!);
        return new OpeningStream(_ => Task.FromResult(StartOpening()), source, Explain);
    }

    private CipherProcess StartOpening()
    {
        var files = new PrivateFiles();
        try
        {
            return CipherProcess.Start(new CipherCommand
            {
                Program = program,
                // age itself reads the data from its input, so the identity has to be a file: 0600, in a directory of 0700, gone with the tool.
                Arguments = ["--decrypt", "--identity", IdentityText.PathOf(identity!, files.Directory)],
                Belongings = files,
            });
        }
        catch
        {
            files.Directory.Dispose();
            throw;
        }
    }

    // A header that cannot be read is the archive's fault, whatever else the line says.
    private RelayOpsException Explain(string said) => said.Contains("header", StringComparison.Ordinal)
        ? CipherErrors.Opening(Name, said, "use another backup")
        : said.Contains("passphrase", StringComparison.Ordinal) && !said.Contains("incorrect", StringComparison.Ordinal)
            ? CipherErrors.Opening(Name, said, "the archive is locked with a passphrase, which age asks for on a terminal alone: open it by hand with 'age -d'")
            : said.Contains("malformed", StringComparison.Ordinal) || said.Contains("unknown identity", StringComparison.Ordinal)
                ? new RelayOpsException("cannot use --identity", said, "give an age identity or a private ssh key", ExitStatus.WrongUse)
                : CipherErrors.Opening(Name, said, "check --identity; if it is the right one, use another backup");
}
