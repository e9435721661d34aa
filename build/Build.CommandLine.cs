using RelayOps.Adapters.Stores;
using RelayOps.Core;

/// <summary>Why a command line is not what the operator can have meant. Never carries a secret.</summary>
internal sealed record CommandLineError(string What, string Why, string Next)
{
    public RelayOpsException ToException() => new(What, Why, Next, ExitStatus.WrongUse);
}

/// <summary>
/// Checks everything the operator gave before NUKE sees it: NUKE ignores unknown options, replaces a value that does not parse by the
/// default, and lets a flag swallow the target behind it, all of which end in something done that nobody asked for.
/// </summary>
internal static class CommandLine
{
    /// <param name="buildType">Its members and those of its components tell which targets and parameters there are.</param>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="environment">Every variable; those that name a parameter are checked.</param>
    /// <returns>The first thing wrong, or null.</returns>
    public static CommandLineError? Check(
        Type buildType, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        // Who asks for help gets it, whatever else is wrong, and at once.
        if (arguments.Any(argument => argument.Equals("--help", StringComparison.OrdinalIgnoreCase)))
            return null;

        var surface = BuildSurface.Of(buildType);
        return CheckArguments(surface, arguments, environment)
            ?? CommandLineSources.CheckEnvironment(surface, arguments, environment)
            ?? CommandLineSources.CheckFiles(surface, arguments, environment)
            ?? JsonDocumentWanted.Check(surface, arguments, environment);
    }

    private static CommandLineError? CheckArguments(
        BuildSurface surface, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var targets = arguments.TakeWhile(argument => !IsOption(argument)).ToList();
        foreach (var target in targets.SelectMany(target => target.Split('+')))
        {
            if (CheckTarget(surface, target) is { } error)
                return error;
        }

        for (var index = targets.Count; index < arguments.Count;)
        {
            var values = arguments.Skip(index + 1).TakeWhile(argument => !IsOption(argument)).ToList();
            var following = index + 1 + values.Count < arguments.Count ? arguments[index + 1 + values.Count] : null;
            if (CheckOption(surface, new Option(arguments[index], values, following, targets.Count > 0), environment) is { } error)
                return error;
            index += 1 + values.Count;
        }

        return null;
    }

    internal static CommandLineError? CheckTarget(BuildSurface surface, string target)
    {
        if (surface.IsTarget(target))
            return null;

        var nearest = Nearest.To(target, surface.Targets);
        return new CommandLineError(
            $"there is no target '{target}'",
            nearest is null ? "no target has a name like it" : $"the nearest one is '{nearest}'",
            nearest is null ? "./build.sh --help lists the targets" : $"./build.sh {nearest}, or ./build.sh --help for the list of targets");
    }

    private static CommandLineError? CheckOption(BuildSurface surface, Option option, IReadOnlyDictionary<string, string> environment)
    {
        if (surface.Find(option.Name) is not { } parameter)
            return Unknown(surface, option);
        if (parameter.IsSecret)
            return SecretOnCommandLine.Check(parameter, option, environment);
        if (parameter.NamesStores && option.Values.Any(StoreList.HoldsSecret))
            return StoreCredentials.Error($"--{parameter.DashedName}", "on a command line they would be in the process list and in the shell's history", parameter);

        return Swallowed(surface, parameter, option) ?? ParameterValue.Check(surface, parameter, option.Values, $"--{parameter.DashedName}");
    }

    private static CommandLineError Unknown(BuildSurface surface, Option option)
    {
        var equals = option.Name.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && surface.Find(option.Name[..equals]) is { } meant)
        {
            return new CommandLineError(
                $"'--{meant.DashedName}=…' is not understood",
                "a parameter and its value are two words",
                meant.IsSecret ? $"set the environment variable {meant.VariableName} instead" : $"write --{meant.DashedName} <value>");
        }

        // A value that begins with a dash arrives here, and it may be a secret: a long or broken one is not repeated.
        var name = option.Name[..(equals > 0 ? equals : option.Name.Length)];
        if (name.Length > 40 || name.Any(char.IsWhiteSpace))
        {
            return new CommandLineError(
                "an argument that begins with '-' is no known parameter", "a value cannot begin with '-'", "./build.sh --help lists the parameters");
        }

        var nearest = name.TrimStart('-') is "h" or "?" ? "help" : Nearest.To(name.TrimStart('-'), surface.Parameters.Select(parameter => parameter.DashedName));
        return new CommandLineError(
            $"there is no parameter '{name}'",
            nearest is null ? "no parameter has a name like it" : $"the nearest one is '--{nearest}'",
            nearest is null ? "./build.sh --help lists the parameters" : $"write --{nearest}, or see ./build.sh --help");
    }

    /// <summary>What follows a parameter is its value, so that a target there would not run.</summary>
    private static CommandLineError? Swallowed(BuildSurface surface, Parameter parameter, Option option)
    {
        if (parameter.NamesTargets)
            return null;

        var first = parameter.IsFlag ? 0 : 1;
        var swallowed = option.Values.Skip(first).FirstOrDefault(surface.IsTarget)
            ?? (!option.HasTargets && !parameter.IsFlag && option.Values is [var only] && surface.Targets.Contains(only) && parameter.OneOf is null ? only : null);
        return swallowed is null || (parameter.IsArray && option.HasTargets)
            ? null
            : new CommandLineError(
                $"target '{swallowed}' stands behind --{parameter.DashedName}",
                $"what follows a parameter is its value, so that '{swallowed}' would not run",
                $"put targets first: ./build.sh {swallowed} --{parameter.DashedName}{(parameter.IsFlag ? string.Empty : " <value>")}");
    }

    private static bool IsOption(string argument) => argument.StartsWith('-');
}

/// <param name="Name">As written, with its dashes.</param>
/// <param name="Values">Everything up to the next argument that begins with a dash.</param>
/// <param name="Following">That argument, if there is one.</param>
/// <param name="HasTargets">Whether targets stand before the options.</param>
internal sealed record Option(string Name, IReadOnlyList<string> Values, string? Following, bool HasTargets);
