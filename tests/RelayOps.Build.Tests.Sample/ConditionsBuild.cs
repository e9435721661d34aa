using Nuke.Common;

namespace RelayOps.Build.Tests.Sample;

/// <summary>Targets that do not always run.</summary>
internal sealed class ConditionsBuild : NukeBuild
{
    private static bool IsNever => false;

    public static int Run() => Execute<ConditionsBuild>(x => x.Nothing);

    private Target Nothing => _ => _;

    private Target Prepare => _ => _.Executes(() => Console.WriteLine("ran Prepare"));

    private Target PrepareMore => _ => _.Executes(() => Console.WriteLine("ran PrepareMore"));

    private Target NeverStatic => _ => _
        .DependsOn(Prepare, PrepareMore)
        .OnlyWhenStatic(() => IsNever)
        .Executes(() => Console.WriteLine("ran NeverStatic"));

    private Target NeverDynamic => _ => _
        .DependsOn(Prepare)
        .OnlyWhenDynamic(() => IsNever)
        .Executes(() => Console.WriteLine("ran NeverDynamic"));

    private Target NeverButPrepared => _ => _
        .DependsOn(Prepare)
        .OnlyWhenStatic(() => IsNever)
        .WhenSkipped(DependencyBehavior.Execute)
        .Executes(() => Console.WriteLine("ran NeverButPrepared"));

    private Target AfterStatic => _ => _.DependsOn(NeverStatic).Executes(() => Console.WriteLine("ran AfterStatic"));

    private Target AfterDynamic => _ => _.DependsOn(NeverDynamic).Executes(() => Console.WriteLine("ran AfterDynamic"));

    private Target AfterPrepared => _ => _.DependsOn(NeverButPrepared).Executes(() => Console.WriteLine("ran AfterPrepared"));

    private Target Shared => _ => _.DependsOn(NeverStatic, Prepare).Executes(() => Console.WriteLine("ran Shared"));

    private Target Throwing => _ => _
        .OnlyWhenDynamic(() => Throws())
        .Executes(() => Console.WriteLine("ran Throwing"));

    private static bool Throws() => throw new InvalidOperationException("the condition broke");
}
