using System.Runtime.InteropServices;
using RelayOps.Core;

namespace RelayOps.Adapters.Machine;

/// <summary>A core file is the memory of a process that died, and with it every secret of the run: there is to be none.</summary>
public static partial class CoreFiles
{
    // Sources: setrlimit(2) and prctl(2); the first number is the same on Linux and macOS.
    private const int LimitOfCoreFiles = 4;
    private const int SetDumpable = 4;

    /// <summary>Of this process and of the tools that it starts: those inherit the limit, which none of them can raise without root.</summary>
    public static void Forbid()
    {
        if (OperatingSystem.IsWindows())
            return;
        var none = default(Limit);
        if (SetLimit(LimitOfCoreFiles, in none) != 0)
            throw new RelayOpsException("core files cannot be forbidden", Marshal.GetLastPInvokeErrorMessage(), "run 'ulimit -c 0' before", ExitStatus.WrongUse);
        // The limit does not stop a program that the system pipes core files to; this does, and where a sandbox forbids it the limit holds all the same.
        if (OperatingSystem.IsLinux())
            _ = Control(SetDumpable, 0, 0, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    /// <summary>Soft and hard, in bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        public readonly nuint Soft;
        public readonly nuint Hard;
    }
}
