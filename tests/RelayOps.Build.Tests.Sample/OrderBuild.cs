using Nuke.Common;

namespace RelayOps.Build.Tests.Sample;

/// <summary>Targets that say before, after and because of whom they run.</summary>
internal sealed class OrderBuild : NukeBuild
{
    public static int Run() => Execute<OrderBuild>(x => x.Compile);

    private Target Publish => _ => _
        .DependsOn(Pack)
        .Triggers(Announce)
        .Executes(() => Console.WriteLine("ran Publish"));

    private Target Clean => _ => _
        .Before(Restore)
        .Executes(() => Console.WriteLine("ran Clean"));

    private Target Restore => _ => _
        .Executes(() => Console.WriteLine("ran Restore"));

    private Target Compile => _ => _
        .Description("Builds everything")
        .DependsOn(Restore)
        .Executes(() => Console.WriteLine("ran Compile"));

    private Target Test => _ => _
        .DependsOn(Compile)
        .Executes(async () =>
        {
            await Task.Yield();
            Console.WriteLine("ran Test");
        });

    private Target Lint => _ => _
        .DependentFor(Test)
        .Executes(() => Console.WriteLine("ran Lint"));

    private Target Pack => _ => _
        .DependsOn(Compile)
        .After(Test)
        .Produces("*.nupkg")
        .Executes(() => 1 + 1)
        .Executes(() => Console.WriteLine("ran Pack"));

    private Target Announce => _ => _
        .Unlisted()
        .Consumes(Pack)
        .Executes(() => Console.WriteLine("ran Announce"));

    private Target Celebrate => _ => _
        .TriggeredBy(Announce)
        .Executes(() => Console.WriteLine("ran Celebrate"));

    private Target All => _ => _
        .DependsOn(Test, Pack);
}

/// <summary>Two targets that wait for each other.</summary>
internal sealed class CircleBuild : NukeBuild
{
    public static int Run() => Execute<CircleBuild>(x => x.First);

    private Target First => _ => _.DependsOn(Second).Executes(() => { });

    private Target Second => _ => _.DependsOn(First).Executes(() => { });
}
