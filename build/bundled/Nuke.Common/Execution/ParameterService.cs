using System.Collections;
using System.Reflection;
using Nuke.Common.Utilities;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Where values come from: the command line, then the environment, then parameter files.</summary>
internal static class ParameterService
{
    /// <summary>Null until the build is created, because the files lie below a root that is itself a parameter.</summary>
    public static ParameterFiles Files { get; set; }

    public static string NameOf(MemberInfo member)
    {
        var attribute = member.GetCustomAttribute<ParameterAttribute>();
        var prefix = member.DeclaringType.GetCustomAttribute<ParameterPrefixAttribute>()?.Prefix;
        return prefix + (attribute.Name ?? member.Name);
    }

    public static string DashedNameOf(MemberInfo member) => CamelHumps.Dashed(NameOf(member));

    public static T Get<T>(string name, char? separator = null) => (T)Get(name, typeof(T), separator);

    public static object Get(MemberInfo member, Type type) =>
        Get(NameOf(member), type, member.GetCustomAttribute<ParameterAttribute>().Separator is { Length: > 0 } separator ? separator[0] : null);

    private static object Get(string name, Type type, char? separator) =>
        FromCommandLine(name, type, separator)
        ?? FromEnvironment(name, type, separator)
        ?? Files?.Find(name, type);

    private static object FromCommandLine(string name, Type type, char? separator)
    {
        var values = EnvironmentInfo.Arguments.Named(name) ?? (name == "Target" ? EnvironmentInfo.Arguments.Positional() : null);
        return values is null ? null : Conversion.Convert(values, type, separator, flag: true);
    }

    private static object FromEnvironment(string name, Type type, char? separator)
    {
        if (FindVariable(name) is not { } value)
            return null;

        var values = separator is { } character ? value.Split(character) : [value];
        return Conversion.Convert(values.Where(part => !string.IsNullOrWhiteSpace(part)).ToArray(), type, separator: null, flag: false);
    }

    /// <summary>The exact name wins; else case and everything but letters and digits are ignored, with or without NUKE in front.</summary>
    private static string FindVariable(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is { } exact)
            return exact;

        var plainName = Plain(name);
        var candidates = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => Matches(Plain((string)variable.Key), plainName))
            .Select(variable => (string)variable.Value)
            .ToList();
        if (candidates.Count > 1)
            WarnOfSeveral(name);
        return candidates.Count == 1 ? candidates[0] : null;
    }

    private static void WarnOfSeveral(string name) =>
        Log.Warning("Could not resolve {VariableName} since multiple values are provided", name);

    private static bool Matches(string candidate, string name) =>
        candidate.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (candidate.Length == name.Length + 4
            && candidate.StartsWith("NUKE", StringComparison.OrdinalIgnoreCase)
            && candidate.EndsWith(name, StringComparison.OrdinalIgnoreCase));

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit));
}
