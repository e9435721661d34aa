using Nuke.Common.IO;
using Nuke.Common.Utilities;

namespace Nuke.Common;

public static class EnvironmentInfo
{
    internal static readonly ArgumentParser Arguments = new(Environment.GetCommandLineArgs().Skip(1));

    public static IReadOnlyCollection<string> CommandLineArguments => Arguments.Arguments;

    public static AbsolutePath WorkingDirectory
    {
        get => AbsolutePath.Create(Environment.CurrentDirectory);
        set => Environment.CurrentDirectory = value;
    }

    public static bool IsWin => OperatingSystem.IsWindows();

    public static bool IsLinux => OperatingSystem.IsLinux();

    public static bool IsOsx => OperatingSystem.IsMacOS();

    public static bool IsUnix => IsLinux || IsOsx;

    public static bool HasArgument(string name) => Arguments.HasArgument(name);

    public static string GetVariable(string name) => Environment.GetEnvironmentVariable(name);

    public static bool HasVariable(string name, bool allowEmpty = true) =>
        GetVariable(name) is { } value && (allowEmpty || value.Length > 0);
}
