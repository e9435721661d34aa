using System.Text.Json;
using RelayOps.Adapters.Stores;

/// <summary>The other places that give parameters their values: environment variables and the files below <c>.nuke</c>.</summary>
internal static partial class CommandLineSources
{
    private static readonly JsonDocumentOptions Tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static CommandLineError? CheckEnvironment(
        BuildSurface surface, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        // What stands on the command line counts alone.
        var given = environment.Select(variable => (variable.Key, variable.Value, Parameter: FindByVariable(surface, variable.Key)))
            .Where(variable => variable.Parameter is not null && !IsOnCommandLine(arguments, variable.Parameter))
            .GroupBy(variable => variable.Parameter!);
        foreach (var variables in given)
        {
            var names = variables.Select(variable => variable.Key).ToList();
            if (names.Count > 1 && !names.Contains(variables.Key.Name))
            {
                return new CommandLineError(
                    $"--{variables.Key.DashedName} is set by {string.Join(" and ", names.Order(StringComparer.Ordinal))}",
                    "of several variables none would count",
                    $"keep {variables.Key.VariableName} and unset the others");
            }

            var (name, value, parameter) = variables.FirstOrDefault(variable => variable.Key == variables.Key.Name, variables.First());
            // A workflow hands on inputs that nobody filled in as empty variables: as good as none.
            if (!parameter!.IsSecret && !string.IsNullOrWhiteSpace(value) && ParameterValue.Check(surface, parameter, [value], $"the environment variable {name}") is { } error)
                return parameter.NamesTargets ? error with { What = $"the environment variable {name} names targets: {error.What}", Next = "unset it, or name targets on the command line" } : error;
        }

        return null;
    }

    public static CommandLineError? CheckFiles(
        BuildSurface surface, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        if (FindNukeDirectory(arguments) is not { } directory)
            return null;

        var profiles = ProfilesOf(surface, arguments, environment);
        foreach (var profile in profiles)
        {
            if (!File.Exists(Path.Combine(directory, $"parameters.{profile}.json")))
                return UnknownProfile(directory, profile);
        }

        return profiles.Select(profile => $"parameters.{profile}.json").Prepend("parameters.json")
            .Where(file => File.Exists(Path.Combine(directory, file)))
            .Select(file => CheckFile(surface, Path.Combine(directory, file), $".nuke/{file}"))
            .FirstOrDefault(error => error is not null);
    }

    /// <summary>The values of those variables that name a secret.</summary>
    public static IEnumerable<string> SecretsIn(BuildSurface surface, IReadOnlyDictionary<string, string> environment) =>
        environment.Where(variable => FindByVariable(surface, variable.Key) is { IsSecret: true }).Select(variable => variable.Value);

    private static bool IsOnCommandLine(IReadOnlyList<string> arguments, Parameter parameter) =>
        ValuesOf(arguments, parameter.Name) is not null
        || (parameter is { IsOfNuke: true, Name: "Target" } && arguments is [var first, ..] && !first.StartsWith('-'));

    private static Parameter? FindByVariable(BuildSurface surface, string variable)
    {
        var plainName = BuildSurface.Plain(variable);
        return surface.Find(plainName) ?? (plainName.StartsWith("NUKE", StringComparison.Ordinal) ? surface.Find(plainName[4..]) : null);
    }

    private static string[] ProfilesOf(BuildSurface surface, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        if (ValuesOf(arguments, "Profile") is { } named)
            return named;

        return environment.FirstOrDefault(variable => FindByVariable(surface, variable.Key) is { Name: "Profile", IsOfNuke: true }).Value is { Length: > 0 } value ? [value] : [];
    }

    /// <summary>Null when the option is not there; of several the last one counts.</summary>
    private static string[]? ValuesOf(IReadOnlyList<string> arguments, string name)
    {
        var index = arguments.ToList().FindLastIndex(argument => argument.StartsWith('-') && BuildSurface.Plain(argument).Equals(name, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : arguments.Skip(index + 1).TakeWhile(argument => !argument.StartsWith('-')).ToArray();
    }

    private static string? FindNukeDirectory(IReadOnlyList<string> arguments)
    {
        if (ValuesOf(arguments, "Root") is { } named)
            return Path.Combine(named.FirstOrDefault(Environment.CurrentDirectory), ".nuke");

        for (var directory = new DirectoryInfo(Environment.CurrentDirectory); directory is not null; directory = directory.Parent)
        {
            if (Directory.Exists(Path.Combine(directory.FullName, ".nuke")))
                return Path.Combine(directory.FullName, ".nuke");
        }

        return null;
    }

    private static CommandLineError UnknownProfile(string directory, string profile)
    {
        var known = Directory.EnumerateFiles(directory, "parameters.*.json").Select(file => Path.GetFileName(file)["parameters.".Length..^".json".Length]).ToList();
        var nearest = Nearest.To(profile, known);
        var all = known.Count > 0 ? $"there are: {string.Join(", ", known.Order(StringComparer.Ordinal))}" : "write that file, or leave --profile out";
        return new CommandLineError(
            $"there is no profile '{profile}'",
            $"the file .nuke/parameters.{profile}.json does not exist",
            nearest is not null && known.Count > 1 ? $"the nearest one is '{nearest}'; {all}" : nearest is not null ? $"the nearest one is '{nearest}'" : all);
    }

    private static CommandLineError? CheckFile(BuildSurface surface, string path, string name)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var document = JsonDocument.Parse(stream, Tolerant);
            var properties = document.RootElement.EnumerateObject().Where(property => property.Name != "$schema").ToList();
            if (properties.GroupBy(property => property.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
                return new CommandLineError($"{name} has '{twice.Key}' twice", "only one of the two would count", "mend the file");
            return properties
                .Select(property => CheckProperty(surface, property, name))
                .FirstOrDefault(error => error is not null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new CommandLineError($"{name} is no JSON object", exception.Message, "mend the file");
        }
    }

    private static CommandLineError? CheckProperty(BuildSurface surface, JsonProperty property, string file)
    {
        // Names in these files count with their case.
        if (surface.Find(property.Name) is not { } parameter || parameter.Name != property.Name)
        {
            var nearest = Nearest.To(property.Name, surface.Parameters.Select(known => known.Name));
            return new CommandLineError(
                $"{file} has '{property.Name}', which is no parameter",
                nearest is null ? "no parameter has a name like it" : $"the nearest one is '{nearest}'",
                "mend the file");
        }

        if (parameter.IsSecretOfNuke && !property.Value.ToString().StartsWith("v1:", StringComparison.Ordinal))
        {
            return new CommandLineError(
                $"{file} holds '{parameter.Name}' in plain text", "secrets in these files are encrypted", $"set the environment variable {parameter.VariableName} instead");
        }

        if (parameter.NamesStores && ValuesOf(property.Value).Any(StoreList.HoldsSecret))
            return StoreCredentials.Error($"'{parameter.Name}' in {file}", "they would be in plain text for everybody who reads the repository", parameter);

        return WrongKind(parameter, property.Value, file)
            ?? (parameter.IsSecret ? null : ParameterValue.Check(surface, parameter, ValuesOf(property.Value), $"'{parameter.Name}' in {file}"));
    }

    private static string[] ValuesOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Select(element => element.ToString()).ToArray(),
        JsonValueKind.Null => [],
        _ => [value.ToString()],
    };
}
