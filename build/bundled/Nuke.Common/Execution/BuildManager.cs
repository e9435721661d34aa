using System.Linq.Expressions;
using System.Text;
using Nuke.Common.ValueInjection;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>The life of a build, from the first line of its output to the exit status.</summary>
internal static class BuildManager
{
    /// <summary>255 to the caller.</summary>
    private const int ErrorExitCode = -1;

    public static int Execute<T>(Expression<Func<T, Target>>[] defaultTargets)
        where T : NukeBuild, new()
    {
        Console.OutputEncoding = Encoding.UTF8;
        var build = new T();
        try
        {
            Prepare(build, defaultTargets);
            BuildExecutor.Execute(build, ParameterService.Get<string[]>("Skip", '+'));
            return build.ExitCode ??= build.IsSucceeding ? 0 : ErrorExitCode;
        }
        catch (Exception exception)
        {
            exception = Invocation.Unwrap(exception);
            if (exception is not TargetExecutionException)
                Report(exception);
            return build.ExitCode ??= ErrorExitCode;
        }
        finally
        {
            Finish(build);
            Log.CloseAndFlush();
        }
    }

    private static void Prepare<T>(T build, Expression<Func<T, Target>>[] defaultTargets)
        where T : NukeBuild
    {
        // Who only wants help does not wait for the logger.
        var isHelp = EnvironmentInfo.HasArgument("help");
        if (!isHelp)
            Logging.Configure(build);

        build.ExecutableTargets = ExecutableTargetFactory.CreateAll(build, defaultTargets);
        ParameterService.Files = new ParameterFiles(build.GetType(), NukeBuild.LoadedLocalProfiles);
        ValueInjector.InjectParameters(build);
        build.ExecuteExtension<IOnBuildCreated>(extension => extension.OnBuildCreated(build.ExecutableTargets));
        build.OnBuildCreated();

        if (!build.NoLogo)
            Outcome.WriteLogo(build);
        build.ExecutionPlan = ExecutionPlanner.Plan([.. build.ExecutableTargets], ParameterService.Get<string[]>("Target", '+'));
        if (build.Plan)
            EndWith(PlanText.Of(build));
        if (build.Help || build.ExecutionPlan.Count == 0)
            EndWith(HelpText.Of(build));
        if (isHelp)
            Logging.Configure(build);

        ValueInjector.InjectOthers(build);
        build.ExecuteExtension<IOnBuildInitialized>(extension => extension.OnBuildInitialized(build.ExecutableTargets, build.ExecutionPlan));
        build.OnBuildInitialized();
    }

    /// <summary>Nothing has begun, so nothing is left to finish: as in NUKE, not even the closing table is printed.</summary>
    private static void EndWith(string text)
    {
        Console.Write(text);
        Environment.Exit(0);
    }

    private static void Report(Exception exception)
    {
        Log.Verbose(exception, "Target-unrelated exception was thrown");
        Host.Error(exception.Message);
    }

    private static void Finish(NukeBuild build)
    {
        if (build.ExecutionPlan is null)
            return;

        foreach (var target in build.ExecutionPlan)
        {
            target.Stopwatch.Stop();
            target.Status = target.Status switch
            {
                ExecutionStatus.Running => ExecutionStatus.Aborted,
                ExecutionStatus.Scheduled => ExecutionStatus.NotRun,
                var other => other,
            };
        }

        Outcome.Write(build);
        build.ExecuteExtension<IOnBuildFinished>(extension => extension.OnBuildFinished());
        build.OnBuildFinished();
    }
}
