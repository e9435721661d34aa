namespace Nuke.Common.Utilities;

/// <summary>
/// The command line as NUKE reads it: what begins with a dash is a name, everything up to the next name is its values,
/// and what stands before the first name are targets. Of a repeated name the last one counts.
/// </summary>
internal sealed class ArgumentParser(IEnumerable<string> arguments)
{
    private readonly string[] _arguments = [.. arguments];

    public IReadOnlyList<string> Arguments => _arguments;

    public static bool IsName(string argument) => argument.StartsWith('-');

    public bool HasArgument(string name) => IndexOf(name) >= 0;

    /// <returns>Null when nobody gave it; empty when it has no values, as a flag has none.</returns>
    public IReadOnlyList<string> Named(string name)
    {
        var index = IndexOf(name);
        return index < 0 ? null : _arguments.Skip(index + 1).TakeWhile(argument => !IsName(argument)).ToArray();
    }

    /// <returns>Null when there is none.</returns>
    public IReadOnlyList<string> Positional()
    {
        var positional = _arguments.TakeWhile(argument => !IsName(argument)).ToArray();
        return positional.Length == 0 ? null : positional;
    }

    private int IndexOf(string name)
    {
        var plainName = Plain(name);
        return Array.FindLastIndex(
            _arguments,
            argument => IsName(argument) && Plain(argument).Equals(plainName, StringComparison.OrdinalIgnoreCase));
    }

    private static string Plain(string name) => name.Replace("-", string.Empty, StringComparison.Ordinal);
}
