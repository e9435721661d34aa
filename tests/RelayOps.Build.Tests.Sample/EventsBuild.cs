using Nuke.Common;
using Nuke.Common.Execution;
using Nuke.Common.Utilities.Collections;
using Serilog;

namespace RelayOps.Build.Tests.Sample;

/// <summary>Tells what NUKE tells it, and reports figures.</summary>
[Quietable]
internal sealed class EventsBuild : NukeBuild
{
    public static int Run() => Execute<EventsBuild>(x => x.Works);

    private Target Works => _ => _.Executes(() =>
    {
        ReportSummary(_ => _.AddPair("Lost", "yes"));
        ReportSummary(_ => _.AddPair("Archive", "a.tar.gz").AddPair("Bytes", 42));
        Log.Debug("a debug line");
        Log.Information("an information line");
        Log.Verbose("a verbose line");
    });

    private Target Warns => _ => _.Executes(() => Log.Warning("careful with {What}", "this"));

    private Target Fails => _ => _.Executes(() => throw new InvalidOperationException("broken"));

    private Target Skipped => _ => _.OnlyWhenDynamic(() => FailedTargets.Count > 0).Executes(() => { });

    private Target Commands => _ => _.Executes(() => Log.Information("::add-mask::hush"));

    private Target Planned => _ => _.DependsOn(Works).Executes(() =>
        Console.WriteLine(string.Join(' ', ExecutionPlan.Select(x => $"{x.Name}:{x.Status}:{InvokedTargets.Contains(Planned)}"))));

    protected override void OnBuildCreated()
    {
        NoLogo = NoLogo || Environment.GetEnvironmentVariable("SAMPLE_NO_LOGO") == "1";
        Console.WriteLine("event created");
    }

    protected override void OnBuildInitialized() => Console.WriteLine($"event initialized {ExecutionPlan.Count}");

    protected override void OnBuildFinished() => Console.WriteLine($"event finished {IsSucceeding}");

    protected override void OnTargetRunning(string target) => Console.WriteLine($"event running {target}");

    protected override void OnTargetSkipped(string target) => Console.WriteLine($"event skipped {target}");

    protected override void OnTargetSucceeded(string target) => Console.WriteLine($"event succeeded {target}");

    protected override void OnTargetFailed(string target) => Console.WriteLine($"event failed {target}");
}

/// <summary>Takes away everything that NUKE prints by itself when SAMPLE_QUIET is set.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class QuietableAttribute : DisableDefaultOutputAttribute
{
    public override bool IsApplicable(INukeBuild build) => Environment.GetEnvironmentVariable("SAMPLE_QUIET") == "1";
}
