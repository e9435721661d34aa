using System.Globalization;

namespace Nuke.Common.Execution;

/// <summary>What frames a build on the console: the logo, a header for each target, the closing table.</summary>
internal static class Outcome
{
    private const int StatusWidth = 10;
    private const int DurationWidth = 10;

    public static void WriteLogo(NukeBuild build)
    {
        if (build.IsOutputEnabled(DefaultOutput.Logo))
        {
            Host.Debug();
            Host.Debug("N U K E");
            Host.Debug();
        }

        Host.Information("NUKE Execution Engine (bundled with RelayOps)");
        Host.Information();
    }

    public static IDisposable BeginTarget(NukeBuild build, string target)
    {
        var output = NukeBuild.Host is Terminal ? DefaultOutput.TargetHeader : DefaultOutput.TargetCollapse;
        return build.IsOutputEnabled(output) ? NukeBuild.Host.WriteBlock(target) : Block.Nothing;
    }

    public static void Write(NukeBuild build)
    {
        if (build.IsOutputEnabled(DefaultOutput.ErrorsAndWarnings))
            Logging.RepeatErrorsAndWarnings();
        if (build.IsOutputEnabled(DefaultOutput.TargetOutcome))
            WriteTable(build.ExecutionPlan);
        if (build.IsOutputEnabled(DefaultOutput.BuildOutcome))
            WriteVerdict(build);
    }

    private static void WriteTable(IReadOnlyCollection<ExecutableTarget> plan)
    {
        var nameWidth = Math.Max(plan.Max(target => target.Name.Length) + 4, 19);
        var width = nameWidth + StatusWidth + DurationWidth;
        var total = plan.Aggregate(TimeSpan.Zero, (sum, target) => sum + target.Duration);
        string Line(string name, string status, string duration) =>
            name.PadRight(nameWidth) + status.PadRight(StatusWidth) + duration.PadLeft(DurationWidth);

        Host.Debug();
        Host.Debug(new string('═', width));
        Host.Information(Line("Target", "Status", "Duration"));
        Host.Debug(new string('─', width));
        foreach (var target in plan.Where(target => target.Status != ExecutionStatus.Collective))
            Palette.Write(Line(target.Name, target.Status.ToString(), DurationOf(target)) + FiguresOf(target), ColorOf(target.Status));
        Host.Debug(new string('─', width));
        Host.Information(Line("Total", string.Empty, Text(total)));
        Host.Debug(new string('═', width));
    }

    private static void WriteVerdict(NukeBuild build)
    {
        var now = TimeProvider.System.GetLocalNow().DateTime.ToString(CultureInfo.CurrentCulture);
        Host.Debug();
        if (build.IsSucceeding)
            Host.Success($"Build succeeded on {now}. ＼（＾ᴗ＾）／");
        else
            Host.Error($"Build failed on {now}. (╯°□°）╯︵ ┻━┻");
    }

    private static string FiguresOf(ExecutableTarget target) => target.SummaryInformation.Count == 0
        ? string.Empty
        : "   // " + string.Join(", ", target.SummaryInformation.Select(figure => $"{figure.Key}: {figure.Value}"));

    private static string DurationOf(ExecutableTarget target) =>
        target.Status is ExecutionStatus.Succeeded or ExecutionStatus.Failed or ExecutionStatus.Aborted ? Text(target.Duration) : string.Empty;

    private static string Text(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(1) ? "< 1sec" : $"{(int)duration.TotalMinutes}:{duration:ss}";

    private static string ColorOf(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Succeeded => Palette.Success,
        ExecutionStatus.Failed => Palette.Error,
        ExecutionStatus.Aborted or ExecutionStatus.NotRun => Palette.Warning,
        _ => Palette.Debug,
    };
}
