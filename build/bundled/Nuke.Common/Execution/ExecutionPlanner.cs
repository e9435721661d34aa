namespace Nuke.Common.Execution;

internal static class ExecutionPlanner
{
    /// <param name="targets">Every target of the build.</param>
    /// <param name="invokedNames">As the user wrote them; null means the default targets.</param>
    public static IReadOnlyList<ExecutableTarget> Plan(IReadOnlyList<ExecutableTarget> targets, IReadOnlyList<string> invokedNames)
    {
        var invoked = invokedNames?.Select(name => Find(name, targets)).ToList();
        foreach (var target in invoked ?? [])
            target.Invoked = true;

        // A trigger may pull in targets that have triggers of their own.
        List<ExecutableTarget> plan;
        List<ExecutableTarget> triggered;
        do
        {
            plan = PlanWithoutTriggers(targets, invoked);
            triggered = plan.SelectMany(target => target.Triggers).Except(plan).ToList();
            invoked = [.. plan, .. triggered];
        }
        while (triggered.Count > 0);

        foreach (var target in plan)
            target.Status = ExecutionStatus.Scheduled;
        return plan;
    }

    /// <summary>
    /// Walks from the end: a target that nothing left over depends on comes last. The order on the command line plays no part.
    /// </summary>
    private static List<ExecutableTarget> PlanWithoutTriggers(IReadOnlyList<ExecutableTarget> targets, List<ExecutableTarget> invoked)
    {
        var remaining = targets.ToList();
        var reversed = new List<ExecutableTarget>();
        while (remaining.Count > 0)
        {
            var last = remaining.Find(target => !remaining.Exists(other => other.AllDependencies.Contains(target)))
                ?? throw Circle(remaining);
            remaining.Remove(last);
            var isNeeded = reversed.Exists(target => target.ExecutionDependencies.Contains(last));
            if (isNeeded || (invoked?.Contains(last) ?? last.IsDefault))
                reversed.Add(last);
        }

        reversed.Reverse();
        return reversed;
    }

    /// <summary>What cannot be removed from either end is on a circle, or between two.</summary>
    private static InvalidOperationException Circle(List<ExecutableTarget> remaining)
    {
        var circle = remaining.ToList();
        while (circle.RemoveAll(target => !target.AllDependencies.Any(circle.Contains)) > 0)
        {
        }

        return new InvalidOperationException(
            $"Circular dependencies between targets:{Environment.NewLine} - {string.Join(", ", circle.Select(target => target.Name))}");
    }

    private static ExecutableTarget Find(string name, IReadOnlyList<ExecutableTarget> targets)
    {
        var plainName = name.Replace("-", string.Empty, StringComparison.Ordinal);
        return targets.SingleOrDefault(target => target.Name.Equals(plainName, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidOperationException(string.Join(
                Environment.NewLine,
                [
                    $"Target with name '{plainName}' does not exist. Available targets are:",
                    .. targets.Select(target => $"  - {target.Name}").Order(StringComparer.CurrentCulture),
                ]));
    }
}
