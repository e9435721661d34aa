using System.Globalization;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>
/// One line that every login shell understands alike. sshd hands the line to the user's login shell, and sh, csh and fish disagree on
/// quotes, <c>!</c> and backslashes; so all that they could read differently travels as octal for <c>printf %b</c>.
/// </summary>
internal static class ShellLine
{
    /// <summary>SSH.NET sends no request above 67 KiB; Linux takes no single argument above 128 KiB, and the line is one of the login shell's.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>
    /// The command in a wrapper that first says <c>token pid</c> on standard output, waits for <see cref="Go"/>, then becomes the command
    /// itself. It waits so that no command ever runs that the keeper does not know: the line to the keeper goes first on the same connection.
    /// </summary>
    public static string For(HostCommand command, string token) =>
        Encode($"printf '%s %s\\n' {token} \"$$\"; read -r go || exit 1; exec {command}");

    public static ReadOnlyMemory<byte> Go { get; } = "go\n"u8.ToArray();

    /// <exception cref="RelayOpsException">The script holds a NUL or is too long for one line.</exception>
    public static string Encode(string script)
    {
        if (script.Contains('\0', StringComparison.Ordinal))
            throw new RelayOpsException("cannot send this command", "an argument contains a NUL character", "remove it", ExitStatus.WrongUse);
        var line = new StringBuilder("exec sh -c 'eval \"$(printf %b \"$1\")\"' sh '");
        foreach (var c in script)
        {
            if (c is '\'' or '\\' or '!' || char.IsControl(c))
                AppendOctal(line, c);
            else
                line.Append(c);
        }

        var text = line.Append('\'').ToString();
        return Encoding.UTF8.GetByteCount(text) <= MaxBytes ? text : throw new RelayOpsException(
            "cannot send this command", $"it is longer than {MaxBytes / 1024} KiB", "send what it works on through its standard input");
    }

    private static void AppendOctal(StringBuilder line, char c)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var b in bytes[..Encoding.UTF8.GetBytes([c], bytes)])
            line.Append("\\0").Append(Convert.ToString(b, 8).PadLeft(3, '0'));
    }

    public static string NewToken() => "relayops-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
}
