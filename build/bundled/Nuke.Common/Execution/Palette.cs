namespace Nuke.Common.Execution;

/// <summary>NUKE's colours, where the host has any.</summary>
internal static class Palette
{
    public const string Success = "\u001B[32;1m";
    public const string Verbose = "\u001B[90;1m";
    public const string Debug = "\u001B[39;1m";
    public const string Information = "\u001B[38;5;45;1m";
    public const string Warning = "\u001B[38;5;214;1m";
    public const string Error = "\u001B[38;5;196;1m";
    public const string Fatal = "\u001B[38;5;231;1m\u001B[48;5;196m";

    private const string Reset = "\u001B[0m";

    public static bool TerminalSupportsAnsi { get; } =
        Environment.GetEnvironmentVariable("TERM")?.StartsWith("xterm", StringComparison.OrdinalIgnoreCase) == true;

    public static string Colored(string text, string color) =>
        (Host.Instance?.SupportsAnsi ?? TerminalSupportsAnsi) && !string.IsNullOrWhiteSpace(text) ? color + text + Reset : text;

    public static void Write(string text, string color) => Console.WriteLine(Colored(text, color));
}
