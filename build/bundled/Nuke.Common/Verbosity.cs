namespace Nuke.Common;

/// <summary>How much is logged; the order is that of <see cref="LogLevel"/>.</summary>
public enum Verbosity
{
    Verbose,
    Normal,
    Minimal,
    Quiet,
}

public enum LogLevel
{
    Trace,
    Normal,
    Warning,
    Error,
}
