using System.ComponentModel;
using System.Globalization;
using Nuke.Common;
using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Stores.Rclone;

/// <summary>Whether a text is a value of a parameter.</summary>
internal static class ParameterValue
{
    /// <param name="surface">Knows the targets, which are the values of some parameters.</param>
    /// <param name="parameter">Not a secret: its values are repeated in the error.</param>
    /// <param name="values">As given, in words.</param>
    /// <param name="source">Where they stand, e.g. <c>--keep</c> or <c>the environment variable KEEP</c>.</param>
    public static CommandLineError? Check(BuildSurface surface, Parameter parameter, IReadOnlyList<string> values, string source)
    {
        if (values.Count == 0)
            return parameter.IsFlag || parameter.IsArray || parameter.Name == "Root" ? null : Missing(parameter, source);
        if (values.Count > 1 && !parameter.IsArray)
        {
            return new CommandLineError(
                $"{source} has {values.Count} values",
                $"it takes one, and '{values[1]}' stands behind it",
                "put a value with blanks in quotes, and targets before all parameters");
        }

        return values.SelectMany(value => Split(parameter, value))
            .Select(value => CheckOne(surface, parameter, value, source))
            .FirstOrDefault(error => error is not null);
    }

    private static IEnumerable<string> Split(Parameter parameter, string value) => parameter.NamesStores ? StoreList.Split(value) :
        (parameter.OneOf?.Separator ?? (parameter.IsArray ? parameter.Separator : null)) is { Length: > 0 } separator ? value.Split(separator) : [value];

    private static CommandLineError Missing(Parameter parameter, string source) => new(
        $"{source} has no value",
        parameter.OneOf is { } oneOf ? $"it takes {List(oneOf.Values)}" : $"it takes {Kind(parameter)}",
        $"write --{parameter.DashedName} <value>, or leave it out");

    private static CommandLineError? CheckOne(BuildSurface surface, Parameter parameter, string value, string source)
    {
        if (parameter.NamesTargets)
            return CommandLine.CheckTarget(surface, value);
        if (parameter.OneOf is { } oneOf)
            return oneOf.Values.Any(candidate => Matches(candidate, value)) ? null : NotOneOf(value, source, oneOf.Values);
        if (parameter.Type.IsEnum)
            return Enum.GetNames(parameter.Type).Contains(value, StringComparer.OrdinalIgnoreCase) ? null : NotOneOf(value, source, Enum.GetNames(parameter.Type));
        if (typeof(Host).IsAssignableFrom(parameter.Type))
            return value.Equals("Terminal", StringComparison.OrdinalIgnoreCase) || value.EndsWith("GitHubActions", StringComparison.OrdinalIgnoreCase) ? null : NotOneOf(value, source, ["Terminal", "GitHubActions"]);

        return Parses(parameter, value)
            ? null
            : new CommandLineError($"{source} cannot be '{value}'", $"it takes {Kind(parameter)}", $"write --{parameter.DashedName} {Example(parameter)}");
    }

    private static bool Matches(string candidate, string value) => candidate.EndsWith(':')
        ? value.Length > candidate.Length && value.StartsWith(candidate, StringComparison.OrdinalIgnoreCase)
        : value.Equals(candidate, StringComparison.OrdinalIgnoreCase);

    private static CommandLineError NotOneOf(string value, string source, IReadOnlyList<string> values)
    {
        var nearest = Nearest.To(value, values);
        return new CommandLineError(
            $"{source} cannot be '{RcloneRemote.Cut(value)}'",
            $"it takes {List(values)}",
            nearest is null ? "choose one of them" : $"the nearest one is '{nearest}'");
    }

    private static bool Parses(Parameter parameter, string value)
    {
        if (parameter.IsDuration)
            return Duration.TryParse(value, out _);
        if (parameter.Type == typeof(string) || parameter.Type.Namespace == "Nuke.Common.IO")
            return true;
        if (parameter.Type == typeof(bool))
            return bool.TryParse(value, out _);
        if (parameter.Type == typeof(int))
            return int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        if (parameter.Type == typeof(long))
            return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

        return TypeDescriptor.GetConverter(parameter.Type).IsValid(value);
    }

    private static string Kind(Parameter parameter) => parameter switch
    {
        { IsDuration: true } => $"a duration such as {Duration.Examples}",
        _ when parameter.Type == typeof(bool) => "true, false or nothing",
        _ when parameter.Type == typeof(int) || parameter.Type == typeof(long) => "a whole number",
        _ when parameter.Type.Namespace == "Nuke.Common.IO" => "a path",
        _ => "one value",
    };

    private static string Example(Parameter parameter) => parameter switch
    {
        { IsDuration: true } => "120s",
        _ when parameter.Type == typeof(bool) => "without a value",
        _ when parameter.Type == typeof(int) || parameter.Type == typeof(long) => "7",
        _ => "<value>",
    };

    private static string List(IReadOnlyList<string> values) => values.Count == 1
        ? values[0]
        : string.Join(", ", values.Take(values.Count - 1)) + " or " + values[^1];
}

/// <summary>Suggests what was meant.</summary>
internal static class Nearest
{
    /// <returns>Null when nothing is near: more than a third of the letters would have to change.</returns>
    public static string? To(string text, IEnumerable<string> candidates) =>
        candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(text.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(pair => pair.Distance <= Math.Max(2, pair.Candidate.Length / 3) && pair.Distance < pair.Candidate.Length)
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .Select(pair => pair.Candidate)
            .FirstOrDefault();

    /// <summary>How many letters must be added, dropped, changed, or swapped with their neighbour.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
