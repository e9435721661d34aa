using System.Collections.Immutable;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Packages;

/// <summary>A program of the distribution's newest suite, beside the machine's own: that of a stable release is years old. Nothing is installed.</summary>
public static class NewerPackage
{
    /// <param name="program">Its path in the package.</param>
    /// <param name="arguments">What it is asked to know whether it runs here and is new enough.</param>
    /// <param name="answer">Part of what it says then.</param>
    /// <returns>Fetched once for a build of the tests; null where the mirror has none that runs here, which no change of ours can help.</returns>
    public static async Task<string?> FindAsync(
        string package, string program, ImmutableArray<string> arguments, string answer, CancellationToken cancellationToken)
    {
        var target = Path.Combine(AppContext.BaseDirectory, $"newer-{package}");
        var fetched = await Shell.TryAsync(
            new ShellCommand("sh", ["-c", Resource.Text("newer-package.sh"), "newer-package.sh", target, package, program]), cancellationToken);
        var path = Path.Combine(target, program);
        return fetched.Status == 0 && await AnswersAsync(path, arguments, answer, cancellationToken) ? path : null;
    }

    /// <summary>An older one answers with the help of what it does know.</summary>
    public static async Task<bool> AnswersAsync(string program, ImmutableArray<string> arguments, string answer, CancellationToken cancellationToken) =>
        await Shell.TryAsync(new ShellCommand(program, arguments), cancellationToken) is { Status: 0, Output: var said } && said.Contains(answer, StringComparison.Ordinal);
}
