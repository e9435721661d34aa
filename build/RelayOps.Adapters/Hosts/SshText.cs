using RelayOps.Core;

namespace RelayOps.Adapters.Hosts;

/// <summary>Keys and known hosts come as a path or as the text itself, as CI secrets do.</summary>
internal static class SshText
{
    public static bool IsKey(string value) => value.Contains("-----BEGIN ", StringComparison.Ordinal);

    /// <summary>Secrets pasted into a form lose their last line end or gain carriage returns, and OpenSSH takes neither.</summary>
    public static string Key(string value) => value.ReplaceLineEndings("\n").Trim() + "\n";

    /// <summary>The text of a known_hosts file that was given as a path or as text.</summary>
    public static string KnownHosts(string value)
    {
        var path = Expand(value);
        if (!value.Contains('\n', StringComparison.Ordinal) && File.Exists(path))
            return File.ReadAllText(path);
        var looksLikeText = value.Split('\n').Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length >= 3);
        return looksLikeText ? value.ReplaceLineEndings("\n").TrimEnd() + "\n" : throw new RelayOpsException(
            "cannot use --known-hosts", "it is neither the text of a known_hosts file nor a file that exists",
            "give a path, or the lines that ssh-keyscan prints", ExitStatus.WrongUse);
    }

    public static RelayOpsException NoKey() => new(
        "cannot use --ssh-key", "it is neither a private key's text nor a file that exists", "give a path, or the key's whole text", ExitStatus.WrongUse);

    public static string Expand(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
        : path;
}
