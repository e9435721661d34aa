/// <summary>
/// A secret on a command line is in the process list, in the shell's history and in every log of a CI runner: it is refused,
/// and the refusal does not repeat it.
/// </summary>
internal static class SecretOnCommandLine
{
    private static readonly string[] Marks = ["-----BEGIN", "AGE-SECRET-KEY-", "AGE-PLUGIN-"];

    public static CommandLineError? Check(Parameter parameter, Option option, IReadOnlyDictionary<string, string> environment)
    {
        var isKeyText = option.Following is { } following && Marks.Any(mark => following.StartsWith(mark, StringComparison.Ordinal));
        if (option.Values.Count == 0 && !isKeyText)
        {
            return new CommandLineError(
                $"--{parameter.DashedName} has no value",
                parameter.MayBePath ? "it takes the path of a file" : "it is a secret, which does not belong on a command line",
                parameter.MayBePath ? $"write --{parameter.DashedName} <path>" : Use(parameter));
        }

        if (parameter.MayBePath && !isKeyText && option.Values is [var value] && IsPath(value, environment))
            return null;

        return new CommandLineError(
            $"--{parameter.DashedName} is a secret",
            "on a command line it would be in the process list and in the shell's history",
            parameter.MayBePath ? $"{Use(parameter)}, or give the path of a file that holds it" : Use(parameter));
    }

    internal static string Use(Parameter parameter) => $"set the environment variable {parameter.VariableName} instead";

    /// <summary>Looks like a path, or names a file that is there: seen from where the operator stands, not from the repository.</summary>
    private static bool IsPath(string value, IReadOnlyDictionary<string, string> environment)
    {
        if (Marks.Any(mark => value.Contains(mark, StringComparison.Ordinal)) || value.Contains('\n', StringComparison.Ordinal))
            return false;
        if (value.StartsWith("~/", StringComparison.Ordinal) || value.StartsWith("./", StringComparison.Ordinal) || value.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(value))
            return true;

        var origin = environment.GetValueOrDefault("RELAYOPS_CALLER_DIRECTORY") ?? Environment.CurrentDirectory;
        return File.Exists(Path.Combine(origin, value));
    }
}

/// <summary>A store of rclone's may be described with its password in its name, and everything shows names.</summary>
internal static class StoreCredentials
{
    public static CommandLineError Error(string source, string why, Parameter parameter) => new(
        $"{source} holds credentials", why, $"make a named remote (rclone config) and write rclone:<name>:<path>, or {SecretOnCommandLine.Use(parameter)}");
}
