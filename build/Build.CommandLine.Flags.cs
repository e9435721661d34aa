using System.Text.Json;

/// <summary>Values as NUKE will find them, for what has to be known before it starts.</summary>
internal static partial class CommandLineSources
{
    /// <summary>Of the command line alone; a switch without a value is set.</summary>
    public static bool IsFlagSet(IReadOnlyList<string> arguments, string name) =>
        ValuesOf(arguments, name) is { } values && (values.Length == 0 || IsTrue(values[0]));

    /// <summary>In NUKE's order: command line, environment, the profiles from the last to the first, and the file for all of them.</summary>
    public static bool FindFlag(BuildSurface surface, string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        if (ValuesOf(arguments, name) is not null)
            return IsFlagSet(arguments, name);
        if (FindVariable(surface, name, environment) is { Length: > 0 } variable)
            return IsTrue(variable);
        if (FindNukeDirectory(arguments) is not { } directory)
            return false;
        return ProfilesOf(surface, arguments, environment).Reverse().Select(profile => $"parameters.{profile}.json").Append("parameters.json")
            .Select(file => FindInFile(Path.Combine(directory, file), name)).FirstOrDefault(value => value is not null) ?? false;
    }

    /// <summary>Null where neither the command line nor the environment has it.</summary>
    public static List<string>? FindValues(BuildSurface surface, string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        ValuesOf(arguments, name) is { } values ? [.. values] : FindVariable(surface, name, environment) is { Length: > 0 } variable ? [.. variable.Split('+', ' ')] : null;

    private static string? FindVariable(BuildSurface surface, string name, IReadOnlyDictionary<string, string> environment) =>
        environment.FirstOrDefault(variable => FindByVariable(surface, variable.Key)?.Name == name).Value;

    private static bool? FindInFile(string path, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Tolerant);
            return document.RootElement.TryGetProperty(name, out var value) ? IsTrue(value.ToString()) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null; // The check says so in its own words.
        }
    }

    private static bool IsTrue(string text) => bool.TryParse(text, out var value) && value;

    /// <summary>NUKE would take a number for a text, and the text of an object for a value.</summary>
    private static CommandLineError? WrongKind(Parameter parameter, JsonElement value, string file)
    {
        var isWrong = value.ValueKind switch
        {
            JsonValueKind.Null => false,
            JsonValueKind.Object => true,
            JsonValueKind.Array => !parameter.IsArray || value.EnumerateArray().Any(element => element.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)),
            JsonValueKind.True or JsonValueKind.False => !parameter.IsFlag,
            JsonValueKind.Number => parameter.IsFlag || parameter.Type == typeof(string) || parameter.IsArray,
            _ => parameter.IsArray,
        };
        if (!isWrong)
            return null;
        var kind = parameter switch
        {
            { IsArray: true } => "a list of texts, as [ \"one\" ]",
            { IsFlag: true } => "true or false, without quotes",
            _ when parameter.Type == typeof(string) || parameter.Type.IsEnum => "a text in quotes",
            _ => "a whole number",
        };
        return new CommandLineError($"'{parameter.Name}' in {file} is {Kind(value)}", $"it takes {kind}", "mend the file");
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        _ => "true or false",
    };
}
