using Nuke.Common;

namespace RelayOps.Build.Tests.Sample;

/// <summary>Targets that say before, after and because of whom they run.</summary>
internal sealed class OrderBuild : NukeBuild
{
    public static int Run() => Execute<OrderBuild>(x => x.Compile);

    Target Publish => _ => _
        .DependsOn(Pack)
        .Triggers(Announce)
        .Executes(() => Console.WriteLine("ran Publish"));

    Target Clean => _ => _
        .Before(Restore)
        .Executes(() => Console.WriteLine("ran Clean"));

    Target Restore => _ => _
        .Executes(() => Console.WriteLine("ran Restore"));

    Target Compile => _ => _
        .Description("Builds everything")
        .DependsOn(Restore)
        .Executes(() => Console.WriteLine("ran Compile"));

    Target Test => _ => _
        .DependsOn(Compile)
        .Executes(async () =>
        {
            await Task.Yield();
            Console.WriteLine("ran Test");
        });

    Target Lint => _ => _
        .DependentFor(Test)
        .Executes(() => Console.WriteLine("ran Lint"));

    Target Pack => _ => _
        .DependsOn(Compile)
        .After(Test)
        .Produces("*.nupkg")
        .Executes(() => 1 + 1)
        .Executes(() => Console.WriteLine("ran Pack"));

    Target Announce => _ => _
        .Unlisted()
        .Consumes(Pack)
        .Executes(() => Console.WriteLine("ran Announce"));

    Target Celebrate => _ => _
        .TriggeredBy(Announce)
        .Executes(() => Console.WriteLine("ran Celebrate"));

    Target All => _ => _
        .DependsOn(Test, Pack);
}

/// <summary>Two targets that wait for each other.</summary>
internal sealed class CircleBuild : NukeBuild
{
    public static int Run() => Execute<CircleBuild>(x => x.First);

    Target First => _ => _.DependsOn(Second).Executes(() => { });

    Target Second => _ => _.DependsOn(First).Executes(() => { });
}
