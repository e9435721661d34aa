using System.Collections.Immutable;
using System.Diagnostics;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>
/// Starts a program in a session of its own: Ctrl-C on the terminal must reach RelayOps alone, which then cleans up through these very
/// processes, and a process group of its own is what a stop is sent to.
/// </summary>
internal static class OwnSession
{
    /// <summary>Linux has setsid(1), macOS has not, but always a perl.</summary>
    private static readonly ImmutableArray<string> Prefix = IsOnPath("setsid") ? ["setsid"] : ["perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV", "--"];

    public static ProcessStartInfo Of(string program, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(Prefix[0]);
        foreach (var word in (ReadOnlySpan<string>)[.. Prefix.AsSpan()[1..], program, .. arguments])
            start.ArgumentList.Add(word);
        return start;
    }

    public static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(directory => File.Exists(Path.Combine(directory, program)));
}
