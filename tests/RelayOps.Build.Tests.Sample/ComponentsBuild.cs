using Nuke.Common;

namespace RelayOps.Build.Tests.Sample;

/// <summary>Targets that come from components.</summary>
internal sealed class ComponentsBuild : NukeBuild, IMakeBackups, IProveBackups, IHazAnnouncement
{
    public static int Run() => Execute<ComponentsBuild>(x => ((IMakeBackups)x).Backup);

    private Target Extra => _ => _
        .DependsOn<IMakeBackups>(x => x.Backup)
        .TryDependsOn<INobodyHasIt>()
        .After<IProveBackups>()
        .Executes(() => Console.WriteLine("ran Extra"));

    private Target Inherited => _ => _
        .Inherit<IMakeBackups>(x => x.Backup)
        .Executes(() => Console.WriteLine("ran Inherited"));

    Target IHazAnnouncement.Announce => _ => _
        .Executes(() => Console.WriteLine("ran own Announce"));
}

internal interface IPrepare : INukeBuild
{
    Target Preflight => _ => _
        .Unlisted()
        .Executes(() => Console.WriteLine("ran Preflight"));
}

internal interface IMakeBackups : IPrepare
{
    [Parameter("Where from")]
    string? Server => TryGetValue(() => Server);

    Target Backup => _ => _
        .Description("Makes a backup")
        .DependsOn(Preflight)
        .TryTriggers<IProveBackups>()
        .Executes(() => Console.WriteLine($"ran Backup of {Server ?? "nothing"}"));

    Target BackupOfServer => _ => _
        .Requires(() => Server)
        .Executes(() => Console.WriteLine($"ran BackupOfServer of {Server}"));
}

internal interface IProveBackups : INukeBuild
{
    Target Verify => _ => _
        .Executes(() => Console.WriteLine("ran Verify"));
}

internal interface IHazAnnouncement : INukeBuild
{
    Target Announce => _ => _
        .Executes(() => Console.WriteLine("ran default Announce"));
}

internal interface INobodyHasIt : INukeBuild
{
    Target Missing => _ => _;
}
