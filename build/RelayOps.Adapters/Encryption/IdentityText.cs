using System.Text;
using RelayOps.Adapters.Hosts.OpenSsh;
using RelayOps.Core;

namespace RelayOps.Adapters.Encryption;

/// <summary>An identity that was given as a path or as its text.</summary>
internal static class IdentityText
{
    private static readonly string[] Marks = ["-----BEGIN", "AGE-SECRET-KEY-", "AGE-PLUGIN-", "# created:"];

    /// <summary>The file that holds it; a text is written to a private one.</summary>
    /// <exception cref="RelayOpsException">There is no such file.</exception>
    public static string PathOf(string identity, PrivateDirectory directory)
    {
        if (Marks.Any(mark => identity.Contains(mark, StringComparison.Ordinal)))
            return directory.Write("identity", identity.ReplaceLineEndings("\n").TrimEnd('\n') + "\n");
        // The value is not repeated: it may be a key that was not recognised.
        return File.Exists(identity) ? Path.GetFullPath(identity) : throw new RelayOpsException(
            "cannot use --identity", "it names no file and holds no private key", "give the path of a private key, or its whole text", ExitStatus.WrongUse);
    }

    /// <summary>A passphrase as a line of its own, which is how gpg reads it.</summary>
    public static ReadOnlyMemory<byte> Line(string? passphrase)
    {
        if (passphrase is null)
            return default;
        return passphrase.Length > 0 && passphrase.IndexOfAny(['\n', '\r', '\0']) < 0
            ? Encoding.UTF8.GetBytes(passphrase + "\n")
            : throw new RelayOpsException("cannot use the passphrase", "it is empty, or holds a line end", "choose one line of text", ExitStatus.WrongUse);
    }
}
