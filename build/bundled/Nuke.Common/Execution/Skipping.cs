using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Which targets of the plan do not run, and which of their dependencies go with them.</summary>
internal sealed class Skipping(NukeBuild build)
{
    public void SkipByName(IReadOnlyList<string> names)
    {
        if (names is null)
            return;

        var plainNames = names.Select(name => name.Replace("-", string.Empty, StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var target in build.ExecutionPlan.Where(target => plainNames.Count == 0 || plainNames.Contains(target.Name)))
            Skip(target, "via parameter");
    }

    /// <summary>Asks every condition; one that does not hold skips the target now, or when its turn comes if the user named it.</summary>
    public bool IsPrevented(ExecutableTarget target, IReadOnlyList<(string Text, Func<bool> Delegate)> conditions)
    {
        try
        {
            var violated = conditions.Where(condition => !condition.Delegate()).Select(condition => WithoutLambda(condition.Text)).ToList();
            if (violated.Count > 0)
            {
                target.OnlyWhen = string.Join(" && ", violated);
                Skip(target, reason: null);
            }
        }
        catch (Exception exception)
        {
            exception = Invocation.Unwrap(exception);
            Log.Error(exception, "Invocation of condition for {TargetName} has thrown an exception", target.Name);
            throw new TargetExecutionException(target.Name, exception);
        }

        return target.OnlyWhen is not null;
    }

    private void Skip(ExecutableTarget target, string reason)
    {
        if (target.Status != ExecutionStatus.Scheduled)
            return;

        if (!target.Invoked)
        {
            target.Status = ExecutionStatus.Skipped;
            if (target.Skipped is null)
                target.Skipped = reason;
        }

        if (target.DependencyBehavior == DependencyBehavior.Execute)
            return;

        var onlyNeededHere = target.ExecutionDependencies.Concat(target.Triggers).Where(dependency => !IsNeededElsewhere(dependency, target)).ToList();
        foreach (var dependency in onlyNeededHere)
            Skip(dependency, $"because of {target.Name}");
    }

    private bool IsNeededElsewhere(ExecutableTarget dependency, ExecutableTarget target) =>
        build.ExecutionPlan.Any(other =>
            other != target
            && other.Status == ExecutionStatus.Scheduled
            && (other.ExecutionDependencies.Contains(dependency) || other.Triggers.Contains(dependency)));

    /// <summary>From <c>() => HasServer</c> only the condition is worth reading.</summary>
    private static string WithoutLambda(string text)
    {
        text = string.Join(' ', text.Split((char[])null, StringSplitOptions.RemoveEmptyEntries));
        return text.StartsWith("()", StringComparison.Ordinal) ? text[2..].TrimStart().TrimStart('=', '>').Trim() : text;
    }
}
