using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RelayOps.Core;

namespace RelayOps.Adapters.Encryption;

/// <summary>
/// A terminal without a screen, for tools that take a passphrase from nothing else. What is typed reaches the tool in memory alone; its data,
/// its output and its errors stay on pipes. Only this user can open it, and it ends with this process.
/// </summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    /// <summary>Bytes: twice that, which is how often a passphrase is typed, has to fit into what a terminal keeps for a program that does not read yet (4096).</summary>
    private const int LongestLine = 1024;

    /// <summary>A session leader's first terminal is its own; it is kept open so that nothing typed is lost before the tool opens it.</summary>
    private const string OnTerminal = "exec 3<>\"$1\" && shift && exec \"$@\"";

    private readonly SafeFileHandle controller;
    private readonly string path;

    private PseudoTerminal(SafeFileHandle controller)
    {
        this.controller = controller;
        path = FindPath(controller) ?? throw Unavailable(Marshal.GetLastPInvokeErrorMessage());
    }

    /// <summary>Types a line so many times in advance. A tool that asks once more gets empty answers rather than none for ever.</summary>
    /// <exception cref="RelayOpsException">Here are no terminals, or no terminal takes the line (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static PseudoTerminal WithTyped(string? line, int times)
    {
        var typed = Line(line);
        var terminal = Open();
        try
        {
            // Unbuffered, and it must not close what this terminal lives by.
            var keyboard = new FileStream(terminal.controller, FileAccess.Write, bufferSize: 0);
            for (var time = 0; time < times; time++)
                keyboard.Write(typed.Span);
            keyboard.Write("\n\n"u8);
            return terminal;
        }
        catch (IOException e)
        {
            terminal.Dispose();
            throw Unavailable(e.Message);
        }
    }

    /// <summary>How a program is started with this terminal as its own, in a session of its own.</summary>
    public (string Program, IReadOnlyList<string> Arguments) Around(string program, IEnumerable<string> arguments) =>
        ("setsid", ["sh", "-c", OnTerminal, "sh", path, program, .. arguments]);

    public void Dispose() => controller.Dispose();

    private static PseudoTerminal Open()
    {
        if (!OperatingSystem.IsLinux())
            throw Unavailable("it has to be Linux");
        SafeFileHandle? controller = null;
        try
        {
            // Others than this process inherit it in no case.
            controller = File.OpenHandle("/dev/ptmx", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return new PseudoTerminal(controller);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RelayOpsException)
        {
            controller?.Dispose();
            throw e as RelayOpsException ?? Unavailable(e.Message);
        }
    }

    private static string? FindPath(SafeFileHandle controller)
    {
        var name = new byte[64];
        return Unlock(controller) == 0 && NameOf(controller, name, (nuint)name.Length) == 0 ? Encoding.ASCII.GetString(name).TrimEnd('\0') : null;
    }

    /// <summary>Control characters are orders to a terminal, not text.</summary>
    private static ReadOnlyMemory<byte> Line(string? passphrase)
    {
        var line = IdentityText.Line(passphrase);
        return line.Length <= LongestLine && !passphrase.AsSpan().ContainsAnyInRange('\0', '\u001F') && !passphrase!.Contains('\u007F', StringComparison.Ordinal)
            ? line
            : throw new RelayOpsException("cannot use the passphrase", $"age reads it from a terminal, which takes no control characters and at most {LongestLine - 1} bytes",
                "choose another one, or --encrypt-to passphrase, which is gpg's", ExitStatus.WrongUse);
    }

    private static RelayOpsException Unavailable(string why) => new("cannot give age a passphrase", $"it takes one from a terminal alone, and none can be made here: {why}",
        "use an age recipient (age1…), or --encrypt-to passphrase, which is gpg's", ExitStatus.WrongUse);

    // Sources: unlockpt(3) and ptsname_r(3).
    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(SafeFileHandle controller);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int NameOf(SafeFileHandle controller, [Out] byte[] name, nuint length);
}
