using System.Collections.Immutable;
using System.Text;

namespace RelayOps.Core.Hosts;

/// <summary>Whether a command may run in a dry run and be repeated after a lost connection.</summary>
public enum CommandEffect
{
    /// <summary>Only reads: runs in a dry run, and is tried again when the connection fails.</summary>
    Reads,

    /// <summary>Changes something: printed in a dry run, never tried again by itself.</summary>
    Changes,
}

/// <summary>A command as a value: a program and its arguments. The host quotes them; nobody concatenates them.</summary>
public sealed record HostCommand
{
    private HostCommand(CommandEffect effect, string program, ImmutableArray<string> arguments)
    {
        Effect = effect;
        Program = program;
        Arguments = arguments;
    }

    public CommandEffect Effect { get; }

    public string Program { get; }

    public ImmutableArray<string> Arguments { get; }

    /// <summary>How long it may be silent by its own design, e.g. while Redis saves: only what lasts longer is taken for a command that hangs.</summary>
    public TimeSpan Waits { get; init; }

    /// <summary>The same command, which may be silent for so long: <see cref="Waits"/>.</summary>
    public HostCommand Waiting(TimeSpan time) => this with { Waits = time };

    public static HostCommand Reading(string program, params ReadOnlySpan<string> arguments) =>
        new(CommandEffect.Reads, program, [.. arguments]);

    public static HostCommand Changing(string program, params ReadOnlySpan<string> arguments) =>
        new(CommandEffect.Changes, program, [.. arguments]);

    /// <summary>A POSIX script for the server's <c>sh</c>; the arguments are <c>$1</c>, <c>$2</c>, …</summary>
    public static HostCommand ReadingScript(string script, params ReadOnlySpan<string> arguments) =>
        new(CommandEffect.Reads, "sh", ["-c", script, "sh", .. arguments]);

    /// <inheritdoc cref="ReadingScript"/>
    public static HostCommand ChangingScript(string script, params ReadOnlySpan<string> arguments) =>
        new(CommandEffect.Changes, "sh", ["-c", script, "sh", .. arguments]);

    /// <summary>The same command run by another program, e.g. <c>sudo -n</c> or <c>docker exec -i redis</c>.</summary>
    public HostCommand Through(string program, params ReadOnlySpan<string> arguments) =>
        new(Effect, program, [.. arguments, Program, .. Arguments]) { Waits = Waits };

    /// <summary>What <see cref="Through"/> was called on: the command behind the program and some arguments of it.</summary>
    public HostCommand Without(int arguments) => new(Effect, Arguments[arguments], Arguments[(arguments + 1)..]) { Waits = Waits };

    /// <summary>This command once <paramref name="first"/> has succeeded, in one round trip: input, output and errors are this one's.</summary>
    public HostCommand After(HostCommand first) =>
        ChangingScript("""eval "$1" </dev/null >/dev/null && eval "$2" """, first.ToString(), ToString()) with { Waits = first.Waits + Waits };

    /// <summary>This command and, once it has succeeded, <paramref name="second"/>, in one round trip: both read the same input, the second what the first has left of it.</summary>
    public HostCommand Then(HostCommand second) =>
        new(Effect == CommandEffect.Reads ? second.Effect : Effect, "sh", ["-c", """eval "$1" && eval "$2" """, "sh", ToString(), second.ToString()]) { Waits = Waits + second.Waits };

    public bool Equals(HostCommand? other) =>
        other is not null && Effect == other.Effect && Program == other.Program && Arguments.SequenceEqual(other.Arguments);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The command as one line of POSIX shell: what is sent, shown and compared in tests.</summary>
    public override string ToString()
    {
        var line = new StringBuilder(Quote(Program));
        foreach (var argument in Arguments)
            line.Append(' ').Append(Quote(argument));
        return line.ToString();
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "%+,-./:=@_".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
