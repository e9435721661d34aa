using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Runs the plan, target after target.</summary>
internal sealed class BuildExecutor
{
    private readonly NukeBuild _build;
    private readonly BuildAttempt _attempt;

    private BuildExecutor(NukeBuild build, BuildAttempt attempt)
    {
        _build = build;
        _attempt = attempt;
    }

    /// <param name="build">With its plan.</param>
    /// <param name="skipped">Null: none; empty: everything that the user did not name.</param>
    public static void Execute(NukeBuild build, IReadOnlyList<string> skipped)
    {
        var skipping = new Skipping(build);
        skipping.SkipByName(skipped);
        foreach (var target in build.ExecutionPlan)
            skipping.IsPrevented(target, target.StaticConditions);

        Requirements.Validate(build, build.ScheduledTargets);
        var executor = new BuildExecutor(build, BuildAttempt.Begin(build));
        try
        {
            foreach (var target in build.ExecutionPlan)
                executor.Execute(target, skipping, afterFailure: false);
        }
        catch
        {
            foreach (var target in build.ExecutionPlan.Where(target => target.AssuredAfterFailure && target.Status == ExecutionStatus.Scheduled))
                executor.Execute(target, skipping, afterFailure: true);
            throw;
        }
    }

    private void Execute(ExecutableTarget target, Skipping skipping, bool afterFailure)
    {
        if (target.Status == ExecutionStatus.Skipped || _attempt.HasDone(target.Name) || skipping.IsPrevented(target, target.DynamicConditions))
        {
            target.Status = ExecutionStatus.Skipped;
            _build.ExecuteExtension<IOnTargetSkipped>(extension => extension.OnTargetSkipped(target));
            _build.OnTargetSkipped(target.Name);
        }
        else if (target.Actions.Count == 0)
        {
            target.Status = ExecutionStatus.Collective;
        }
        else
        {
            using (Logging.SetTarget(target.Name))
            using (Outcome.BeginTarget(_build, target.Name))
                Run(target, afterFailure);
        }
    }

    private void Run(ExecutableTarget target, bool afterFailure)
    {
        target.Stopwatch.Start();
        target.Status = ExecutionStatus.Running;
        _build.ExecuteExtension<IOnTargetRunning>(extension => extension.OnTargetRunning(target));
        _build.OnTargetRunning(target.Name);
        try
        {
            foreach (var action in target.Actions)
                action();

            target.Stopwatch.Stop();
            target.Status = ExecutionStatus.Succeeded;
            _build.ExecuteExtension<IOnTargetSucceeded>(extension => extension.OnTargetSucceeded(target));
            _build.OnTargetSucceeded(target.Name);
            _attempt.Add(target.Name);
        }
        catch (Exception exception)
        {
            exception = Invocation.Unwrap(exception);
            Fail(target, exception);
            if (!target.ProceedAfterFailure && !afterFailure)
                throw new TargetExecutionException(target.Name, exception);
        }
    }

    private void Fail(ExecutableTarget target, Exception exception)
    {
        if (target.SummaryInformation.Count == 0)
        {
            _build.ReportSummary(target, figures =>
            {
                figures.Add(exception.GetType().Name, exception.Message.Split('\n')[0].TrimEnd('\r'));
                return figures;
            });
        }

        Log.Error(exception, "Target {TargetName} has thrown an exception", target.Name);
        target.Stopwatch.Stop();
        target.Status = ExecutionStatus.Failed;
        _build.ExecuteExtension<IOnTargetFailed>(extension => extension.OnTargetFailed(target));
        _build.OnTargetFailed(target.Name);
    }
}
