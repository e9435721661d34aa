using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <param name="Text">Its bytes, a character each, where it is no text.</param>
/// <param name="Tool">How the command line of the tool that needs it begins; empty where none has to be met.</param>
/// <param name="Option">What else stands in it.</param>
internal sealed record WatchedSecret(string Text, string Tool = "", string Option = "")
{
    /// <summary>It is told in its environment.</summary>
    public bool ToolMayKnow { get; init; }

    /// <summary>A process of the test that has it as well.</summary>
    public int? Apart { get; init; }

    /// <summary>The files that are there to hold it, by their paths in a private directory.</summary>
    public ImmutableArray<string> KeptIn { get; init; } = [];

    /// <summary>As <see cref="ProcessWatch.Read"/> returns it.</summary>
    public string Searched { get; } = Text.All(char.IsAscii) ? Text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Text));

    /// <summary>Of what is no text.</summary>
    public static WatchedSecret Of(ReadOnlySpan<byte> bytes, params ImmutableArray<string> keptIn) => new(Encoding.Latin1.GetString(bytes), isBytes: true) { KeptIn = keptIn };

    private WatchedSecret(string bytes, bool isBytes) : this(bytes) => Searched = isBytes ? bytes : Searched;
}

/// <summary>Looks, again and again while a run lasts, at what other users and later runs could find of a secret.</summary>
/// <param name="SawTool">Whether it looked often enough to meet the tools.</param>
/// <param name="Leaks">Where the secrets were.</param>
internal sealed record ProcessWatch(bool SawTool, IReadOnlyCollection<string> Leaks)
{
    public static Task<ProcessWatch> UntilEndAsync(int run, WatchedSecret watched, CancellationToken cancellationToken) => UntilEndAsync(run, [watched], cancellationToken);

    public static async Task<ProcessWatch> UntilEndAsync(int run, ImmutableArray<WatchedSecret> watched, CancellationToken cancellationToken)
    {
        var leaks = new HashSet<string>();
        var unmet = watched.Where(secret => secret.Tool.Length > 0).ToHashSet();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Directory.Exists($"/proc/{run}") && await timer.WaitForNextTickAsync(cancellationToken))
        {
            var own = Read($"/proc/{run}/cmdline");
            foreach (var process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
                Look(process, process == $"/proc/{run}", own, watched, unmet, leaks);
            leaks.UnionWith(DirectoriesOf(run).SelectMany(directory => Files(directory).Where(file => HoldsAny(directory, file, watched))));
        }

        return new ProcessWatch(unmet.Count == 0, leaks);
    }

    /// <summary>The private directories of a run, by their names.</summary>
    public static IEnumerable<string> DirectoriesOf(int run) =>
        Directory.GetDirectories(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"relayops-*-{run}-*"));

    /// <summary>Byte by byte, so that what is no text is found as well.</summary>
    public static string Read(string path)
    {
        try
        {
            return Encoding.Latin1.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended, or was removed, in between.
            return "";
        }
    }

    private static void Look(string process, bool isRun, string own, ImmutableArray<WatchedSecret> watched, HashSet<WatchedSecret> unmet, HashSet<string> leaks)
    {
        var commandLine = Read(process + "/cmdline");
        // The run itself was given them in its environment, which nobody else may read. A child is the run, memory and all, until its exec.
        var environment = isRun || commandLine == own ? "" : Read(process + "/environ");
        if (environment.Length > 0 && Read(process + "/cmdline") != commandLine)
            environment = "";
        foreach (var secret in watched.Where(secret => process != $"/proc/{secret.Apart}"))
        {
            var isTool = secret.Tool.Length > 0 && commandLine.StartsWith(secret.Tool + "\0", StringComparison.Ordinal) && commandLine.Contains(secret.Option, StringComparison.Ordinal);
            if (isTool)
                unmet.Remove(secret);
            if (commandLine.Contains(secret.Searched, StringComparison.Ordinal)
                || (!(isTool && secret.ToolMayKnow) && environment.Contains(secret.Searched, StringComparison.Ordinal)))
                leaks.Add(commandLine);
        }
    }

    private static bool HoldsAny(string directory, string file, ImmutableArray<WatchedSecret> watched)
    {
        var (content, name) = (Read(file), Path.GetRelativePath(directory, file));
        return watched.Any(secret => !secret.KeptIn.Contains(name) && content.Contains(secret.Searched, StringComparison.Ordinal));
    }

    private static string[] Files(string directory)
    {
        try
        {
            return Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        }
        catch (IOException)
        {
            // It is gone, as it should be.
            return [];
        }
    }
}
