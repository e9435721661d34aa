using System.Reflection;
using Nuke.Common.CI;
using Nuke.Common.Execution;
using Nuke.Common.IO;

namespace Nuke.Common;

public abstract partial class NukeBuild
{
    // One constructor: the directories come first, because everything else is found through them.
#pragma warning disable CA1810
    static NukeBuild()
#pragma warning restore CA1810
    {
        RootDirectory = FindRootDirectory();
        TemporaryDirectory = RootDirectory / ".nuke" / "temp";
        Directory.CreateDirectory(TemporaryDirectory);

        BuildAssemblyFile = FindBuildAssemblyFile();
        BuildAssemblyDirectory = BuildAssemblyFile?.Parent;
        BuildProjectFile = FindBuildProjectFile(BuildAssemblyDirectory);
        BuildProjectDirectory = BuildProjectFile?.Parent;

        Verbosity = ParameterService.Get<Verbosity?>("Verbosity") ?? Verbosity.Normal;
        Host = ParameterService.Get<Host>("Host") ?? Host.Detect();
        LoadedLocalProfiles = ParameterService.Get<string[]>("Profile") ?? [];
    }

    [Parameter("Root directory during build execution.", Name = "Root")]
    public static AbsolutePath RootDirectory { get; }

    public static AbsolutePath TemporaryDirectory { get; }

    public static AbsolutePath BuildAssemblyFile { get; }

    public static AbsolutePath BuildAssemblyDirectory { get; }

    public static AbsolutePath BuildProjectDirectory { get; }

    public static AbsolutePath BuildProjectFile { get; }

    [Parameter("Logging verbosity during build execution. Default is 'Normal'.")]
    public static Verbosity Verbosity
    {
        get => (Verbosity)Logging.Level;
        set => Logging.Level = (LogLevel)value;
    }

    [Parameter("Host for execution. Default is 'automatic'.")]
    public static Host Host { get; set; }

    [Parameter("Defines the profiles to load.", Name = "Profile")]
    public static string[] LoadedLocalProfiles { get; }

    public static bool IsLocalBuild => !IsServerBuild;

    public static bool IsServerBuild => Host is IBuildServer;

    private static AbsolutePath FindRootDirectory()
    {
        // "--root <path>" names it; a bare "--root" means the current directory.
        if (ParameterService.Get<AbsolutePath>("Root") is { } named)
            return named;
        if (EnvironmentInfo.HasArgument("Root"))
            return EnvironmentInfo.WorkingDirectory;

        for (var directory = EnvironmentInfo.WorkingDirectory; directory is not null; directory = directory.Parent)
        {
            if (Directory.Exists(directory / ".nuke"))
                return directory;
        }

        throw new InvalidOperationException(
            $"Could not locate '.nuke' directory/file while walking up from '{EnvironmentInfo.WorkingDirectory}'." + Environment.NewLine +
            "Either create a directory/file to mark the root directory, or add '--root [path]' to the invocation.");
    }

    private static AbsolutePath FindBuildAssemblyFile()
    {
        var location = Assembly.GetEntryAssembly()?.Location;
        return string.IsNullOrEmpty(location) ? null : AbsolutePath.Create(location);
    }

    private static AbsolutePath FindBuildProjectFile(AbsolutePath start)
    {
        for (var directory = start; directory is not null; directory = directory.Parent)
        {
            var projects = Directory.GetFiles(directory, "*.csproj");
            if (projects.Length > 1)
                throw new InvalidOperationException($"Found multiple project files in '{directory}'.");
            if (projects.Length == 1)
                return AbsolutePath.Create(projects[0]);
        }

        return null;
    }
}
