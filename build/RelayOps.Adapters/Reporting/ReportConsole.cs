using Spectre.Console;

namespace RelayOps.Adapters.Reporting;

/// <summary>What is at the other end of our output, and what it can show.</summary>
public sealed record ReportConsole(IAnsiConsole Console, bool IsTerminal)
{
    /// <param name="output">Standard output, or standard error where standard output belongs to a document.</param>
    /// <param name="isRedirected">Whether <paramref name="output"/> goes elsewhere than to a terminal.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    public static ReportConsole For(TextWriter output, bool isRedirected, Func<string, string?> environment)
    {
        // A CI runner may offer a pseudo-terminal; its log keeps every rewrite of a line all the same.
        var isTerminal = !isRedirected && environment("TERM") is not "dumb" && string.IsNullOrEmpty(environment("CI"));
        // no-color.org: set to anything but nothing.
        var hasColour = isTerminal && string.IsNullOrEmpty(environment("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = hasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        return new ReportConsole(console, isTerminal && console.Profile.Capabilities.Ansi);
    }
}
