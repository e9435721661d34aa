using System.Reflection;
using System.Text;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Execution;

/// <summary>What <c>--help</c> prints: the targets, then the build's own parameters, then NUKE's.</summary>
internal static class HelpText
{
    private const int MaximumWidth = 90;
    private const int MinimumTargetWidth = 20;
    private const int MinimumParameterWidth = 16;

    public static string Of(NukeBuild build)
    {
        var text = new StringBuilder();
        AppendTargets(text, build.ExecutableTargets);
        text.AppendLine();
        AppendParameters(text, build);
        text.AppendLine();
        return text.ToString();
    }

    private static void AppendTargets(StringBuilder text, IReadOnlyCollection<ExecutableTarget> targets)
    {
        var width = Math.Max(targets.Max(target => target.Name.Length), MinimumTargetWidth);
        text.AppendLine("Targets (with their direct dependencies):").AppendLine();
        foreach (var target in targets.Where(target => target.Listed))
        {
            var dependencies = target.ExecutionDependencies.Count > 0
                ? $" -> {string.Join(", ", target.ExecutionDependencies.Select(dependency => dependency.Name))}"
                : string.Empty;
            var entry = target.Name + (target.IsDefault ? " (default)" : string.Empty);
            text.Append("  ").Append(entry.PadRight(width)).AppendLine(dependencies);
            if (!string.IsNullOrWhiteSpace(target.Description))
                text.Append("    ").AppendLine(target.Description);
        }
    }

    private static void AppendParameters(StringBuilder text, NukeBuild build)
    {
        var parameters = ValueInjector.ParametersOf(build.GetType(), includeUnlisted: false);
        var width = Math.Max(parameters.Max(parameter => ParameterService.DashedNameOf(parameter).Length), MinimumParameterWidth);
        var defaults = build.ExecutableTargets.Where(target => target.IsDefault).Select(target => target.Name).ToList();
        var defaultText = defaults.Count > 0 ? string.Join(", ", defaults) : "<none>";

        text.AppendLine("Parameters:");
        var own = parameters.Where(parameter => parameter.DeclaringType != typeof(NukeBuild)).ToList();
        if (own.Count > 0)
            text.AppendLine();
        foreach (var parameter in own)
            AppendParameter(text, parameter, width, defaultText);

        text.AppendLine();
        foreach (var parameter in parameters.Except(own))
            AppendParameter(text, parameter, width, defaultText);
    }

    private static void AppendParameter(StringBuilder text, MemberInfo parameter, int width, string defaultTargets)
    {
        var description = parameter.GetCustomAttribute<ParameterAttribute>().Description is { } given
            ? given.Replace("{default_target}", defaultTargets, StringComparison.Ordinal).TrimEnd('.') + "."
            : "<no description>";
        var lines = Wrap(description, width + 6);
        text.Append("  --").Append(ParameterService.DashedNameOf(parameter).PadRight(width)).Append("  ").AppendLine(lines[0]);
        foreach (var line in lines.Skip(1))
            text.Append(' ', width + 6).AppendLine(line);
    }

    private static List<string> Wrap(string description, int indent)
    {
        var limit = Console.IsOutputRedirected ? MaximumWidth : Math.Min(MaximumWidth, Console.BufferWidth - 1);
        var lines = new List<string> { string.Empty };
        foreach (var word in description.Split(' '))
        {
            if (indent + lines[^1].Length + word.Length > limit)
                lines.Add(string.Empty);
            lines[^1] += " " + word;
        }

        return lines;
    }
}
