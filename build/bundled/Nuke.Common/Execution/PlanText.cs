using System.Text;

namespace Nuke.Common.Execution;

/// <summary>What <c>--plan</c> shows. NUKE draws the same in a browser, which a server does not have.</summary>
internal static class PlanText
{
    public static string Of(NukeBuild build)
    {
        var text = new StringBuilder().AppendLine("Execution plan:").AppendLine();
        var number = 0;
        foreach (var target in build.ExecutionPlan)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  {++number}. {target.Name}");
            Append(text, "depends on", target.ExecutionDependencies, build);
            Append(text, "after", target.OrderDependencies, build);
            Append(text, "triggered by", target.TriggerDependencies, build);
            text.AppendLine();
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string relation, List<ExecutableTarget> targets, NukeBuild build)
    {
        var planned = targets.Where(build.ExecutionPlan.Contains).Select(target => target.Name).ToList();
        if (planned.Count > 0)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $" ({relation} {string.Join(", ", planned)})");
    }
}
