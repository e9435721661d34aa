/// <summary>Whether a run owes a JSON document on standard output, and whether it can have one.</summary>
internal static class JsonDocumentWanted
{
    private const string Name = "Json";

    /// <summary>Asked for, and the one target that runs prints one. From the environment or a profile it is a wish, which other targets pass over.</summary>
    public static bool By(Type buildType, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var surface = BuildSurface.Of(buildType);
        return !arguments.Any(argument => argument.Equals("--help", StringComparison.OrdinalIgnoreCase))
            && CommandLineSources.FindFlag(surface, Name, arguments, environment) && (Targets(surface, arguments, environment) is not [var only] || surface.PrintsJson(only));
    }

    /// <summary>On the command line it was asked for in so many words: who cannot have it is told.</summary>
    public static CommandLineError? Check(BuildSurface surface, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        if (!CommandLineSources.IsFlagSet(arguments, Name))
            return null;
        var printing = surface.Targets.Where(surface.PrintsJson).Order(StringComparer.Ordinal).ToList();
        if (printing.Count == 0)
            return null;
        return Targets(surface, arguments, environment) switch
        {
            [var only] when !surface.PrintsJson(only) => new CommandLineError(
                $"{only} prints no JSON", $"--json is for {string.Join(", ", printing)}", "leave --json out; what a run did is in artifacts/report.json as well"),
            [_, _, ..] several => new CommandLineError(
                $"--json is for one target, and {several.Count} are named", "standard output carries one document", "run them one after the other"),
            _ => null,
        };
    }

    private static List<string> Targets(BuildSurface surface, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var named = arguments.TakeWhile(argument => !argument.StartsWith('-')).ToList();
        if (named.Count == 0)
            named = CommandLineSources.FindValues(surface, "Target", arguments, environment) ?? [];
        return [.. named.SelectMany(name => name.Split('+', StringSplitOptions.RemoveEmptyEntries))];
    }
}
