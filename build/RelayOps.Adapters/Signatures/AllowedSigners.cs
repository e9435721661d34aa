using System.Security.Cryptography;
using RelayOps.Core;

namespace RelayOps.Adapters.Signatures;

/// <summary>An allowed_signers file, as ssh-keygen(1) describes it.</summary>
internal static class AllowedSigners
{
    /// <summary>Lines that begin with a key get a name: its comment, or its fingerprint.</summary>
    /// <exception cref="RelayOpsException">There is no key in it (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static string From(string list)
    {
        var lines = list.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#').Select(Named).ToList();
        if (lines.Count == 0 || lines.Any(line => !line.Split(' ').Any(KeyText.IsKeyType)))
            throw new RelayOpsException("cannot use --trusted-signers", lines.Count == 0 ? "it holds no key" : "a line of it holds no public key",
                "give lines as in ~/.ssh/id_ed25519.pub, or those of an allowed_signers file (ssh-keygen(1))", ExitStatus.WrongUse);
        return string.Join('\n', lines) + "\n";
    }

    private static string Named(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !KeyText.IsKeyType(words[0]))
            return line;
        var comment = string.Join('-', words.Skip(2));
        var name = comment.Length > 0 && comment.All(letter => char.IsAsciiLetterOrDigit(letter) || "@._-+".Contains(letter, StringComparison.Ordinal))
            ? comment : Fingerprint(words[1]);
        return $"{name} namespaces=\"{SshSigner.Namespace}\" {words[0]} {words[1]}";
    }

    /// <summary>As <c>ssh-keygen -l</c> shows it.</summary>
    private static string Fingerprint(string key)
    {
        var blob = new byte[key.Length];
        return Convert.TryFromBase64String(key, blob, out var length)
            ? "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob.AsSpan(0, length))).TrimEnd('=')
            : throw new RelayOpsException("cannot use --trusted-signers", "a key in it is no base64", "copy the line of the .pub file again", ExitStatus.WrongUse);
    }
}
