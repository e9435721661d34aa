using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;

namespace RelayOps.Testing.Processes;

/// <summary>Runs the tools that a test bed is made with on this machine, as this user or as root.</summary>
public static class Shell
{
    /// <summary>Running as root, so that nothing needs sudo.</summary>
    public static bool IsRoot { get; } = Environment.UserName == "root";

    /// <summary>This process' environment is not handed down where it could point at somebody else's docker or locale.</summary>
    private static readonly ImmutableArray<string> Withheld =
        ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "REDISCLI_AUTH", "LANG"];

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="ShellException">It ended with another status than 0.</exception>
    public static async Task<string> RunAsync(ShellCommand command, CancellationToken cancellationToken)
    {
        var result = await TryAsync(command, cancellationToken);
        return result.Status == 0 ? result.Output : throw new ShellException(command, result);
    }

    /// <inheritdoc cref="RunAsync(ShellCommand, CancellationToken)"/>
    public static Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(new ShellCommand(program, [.. arguments]), cancellationToken);

    /// <summary>The same as root: directly, or through <c>sudo -n</c>.</summary>
    /// <inheritdoc cref="RunAsync(ShellCommand, CancellationToken)"/>
    public static Task<string> RunAsRootAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(new ShellCommand(program, [.. arguments]) { AsRoot = true }, cancellationToken);

    /// <summary>Runs a program to its end, whatever its status; a cancelled one is killed.</summary>
    public static async Task<ShellResult> TryAsync(ShellCommand command, CancellationToken cancellationToken)
    {
        using var process = Process.Start(StartInfo(command))
            ?? throw new InvalidOperationException($"{command.Program} did not start");
        await using var killed = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await FeedAsync(process, command.Input);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return new ShellResult(process.ExitCode, await output, await error);
    }

    /// <summary>A program and its arguments as one list.</summary>
    internal static ShellCommand Line(ImmutableArray<string> words) => new(words[0], words[1..]);

    internal static ProcessStartInfo StartInfo(ShellCommand command)
    {
        // Names alone: a value may be a password, and arguments are for all to see.
        ImmutableArray<string> line = command.AsRoot && !IsRoot
            ? ["sudo", "-n", $"--preserve-env={string.Join(',', ["LC_ALL", .. command.Environment.Keys])}", command.Program, .. command.Arguments]
            : [command.Program, .. command.Arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.Directory ?? "/",
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        foreach (var name in Withheld)
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return start;
    }

    private static async Task FeedAsync(Process process, Func<Stream, Task>? input)
    {
        try
        {
            await using var stream = process.StandardInput.BaseStream;
            if (input is not null)
                await input(stream);
        }
        catch (IOException)
        {
            // The program closed its input early: its status says why.
        }
    }
}

/// <summary>One program with its arguments and surroundings.</summary>
public sealed record ShellCommand(string Program, ImmutableArray<string> Arguments)
{
    public bool AsRoot { get; init; }

    public string? Directory { get; init; }

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Writes the program's standard input; without it the input is empty.</summary>
    public Func<Stream, Task>? Input { get; init; }
}

/// <summary>How a program ended and what it printed.</summary>
public sealed record ShellResult(int Status, string Output, string Error);

/// <summary>A tool of the test bed failed: its name, status and last words, never its arguments or environment.</summary>
public sealed class ShellException(ShellCommand command, ShellResult result)
    : Exception($"{command.Program} {command.Arguments.FirstOrDefault()} ended with status {result.Status}: {(result.Error + result.Output).Trim()}")
{
    public ShellResult Result { get; } = result;
}
