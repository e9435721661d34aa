using Nuke.Common;

namespace RelayOps.Build.Tests.Sample;

/// <summary>Targets that fail, and what is left to do then.</summary>
internal sealed class FailuresBuild : NukeBuild
{
    [Parameter("Nobody can guess it")]
    private readonly string? Needed;

    [Parameter]
    private readonly int? Status;

    public static int Run() => Execute<FailuresBuild>(x => x.Fine);

    private Target Fine => _ => _.Executes(() => Console.WriteLine("ran Fine"));

    private Target Fail => _ => _.Executes(() =>
    {
        ExitCode = Status;
        throw new InvalidOperationException("it broke\nin two lines");
    });

    private Target FailLater => _ => _.Executes(async () =>
    {
        await Task.Yield();
        throw new InvalidOperationException("it broke later");
    });

    private Target Tolerated => _ => _
        .ProceedAfterFailure()
        .Executes(() => throw new InvalidOperationException("it broke, never mind"));

    private Target AfterFail => _ => _.DependsOn(Fail).Executes(() => Console.WriteLine("ran AfterFail"));

    private Target AfterTolerated => _ => _.DependsOn(Tolerated).Executes(() => Console.WriteLine("ran AfterTolerated"));

    private Target CleanUp => _ => _
        .After(Fail)
        .AssuredAfterFailure()
        .Executes(() => Console.WriteLine("ran CleanUp"));

    private Target Demanding => _ => _
        .Requires(() => Needed)
        .Executes(() => Console.WriteLine("ran Demanding"));

    private Target DemandingMore => _ => _
        .Requires(() => Needed != null)
        .Executes(() => Console.WriteLine("ran DemandingMore"));

    private Target ExitSeven => _ => _.Executes(() => ExitCode = 7);

    private Target First => _ => _.Executes(() => Console.WriteLine("ran First"));

    private Target Second => _ => _.DependsOn(First).Executes(() =>
    {
        if (!File.Exists(RootDirectory / "mended"))
            throw new InvalidOperationException("not yet mended");
        Console.WriteLine("ran Second");
    });
}
