using Nuke.Common;

namespace RelayOps.Build.Tests.Sample;

/// <summary>Targets that fail, and what is left to do then.</summary>
internal sealed class FailuresBuild : NukeBuild
{
    [Parameter("Nobody can guess it")]
    readonly string? Needed;

    [Parameter]
    readonly int? Status;

    public static int Run() => Execute<FailuresBuild>(x => x.Fine);

    Target Fine => _ => _.Executes(() => Console.WriteLine("ran Fine"));

    Target Fail => _ => _.Executes(() =>
    {
        ExitCode = Status;
        throw new InvalidOperationException("it broke\nin two lines");
    });

    Target FailLater => _ => _.Executes(async () =>
    {
        await Task.Yield();
        throw new InvalidOperationException("it broke later");
    });

    Target Tolerated => _ => _
        .ProceedAfterFailure()
        .Executes(() => throw new InvalidOperationException("it broke, never mind"));

    Target AfterFail => _ => _.DependsOn(Fail).Executes(() => Console.WriteLine("ran AfterFail"));

    Target AfterTolerated => _ => _.DependsOn(Tolerated).Executes(() => Console.WriteLine("ran AfterTolerated"));

    Target CleanUp => _ => _
        .After(Fail)
        .AssuredAfterFailure()
        .Executes(() => Console.WriteLine("ran CleanUp"));

    Target Demanding => _ => _
        .Requires(() => Needed)
        .Executes(() => Console.WriteLine("ran Demanding"));

    Target DemandingMore => _ => _
        .Requires(() => Needed != null)
        .Executes(() => Console.WriteLine("ran DemandingMore"));

    Target ExitSeven => _ => _.Executes(() => ExitCode = 7);

    Target First => _ => _.Executes(() => Console.WriteLine("ran First"));

    Target Second => _ => _.DependsOn(First).Executes(() =>
    {
        if (!File.Exists(RootDirectory / "mended"))
            throw new InvalidOperationException("not yet mended");
        Console.WriteLine("ran Second");
    });
}
