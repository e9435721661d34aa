using System.Diagnostics;
using System.Text.RegularExpressions;

namespace RelayOps.Build.Tests.Nuke;

/// <summary>What a sample build printed, and what it ended with.</summary>
internal sealed partial record SampleRun(int ExitCode, string Output)
{
    /// <summary>The targets whose actions ran, in order.</summary>
    public IReadOnlyList<string> Ran => Lines.Where(line => line.StartsWith("ran ", StringComparison.Ordinal)).Select(line => line[4..]).ToList();

    /// <summary>Without colours, and without the special blanks that keep log viewers from dropping some.</summary>
    public IReadOnlyList<string> Lines { get; } = Colors().Replace(Output, string.Empty)
        .Replace('\u00A0', ' ').Replace("\u200B", string.Empty, StringComparison.Ordinal)
        .Split('\n').Select(line => line.TrimEnd('\r', ' ')).ToList();

    /// <summary>The value of a parameter that the sample printed as <c>Name=&lt;value&gt;</c>.</summary>
    public string Value(string name) =>
        Lines.Single(line => line.StartsWith(name + "=<", StringComparison.Ordinal))[(name.Length + 2)..^1];

    /// <summary>The row of the closing table, or null when it has none.</summary>
    public string? Row(string target) =>
        Lines.SkipWhile(line => !line.StartsWith("Target  ", StringComparison.Ordinal))
            .FirstOrDefault(line => line.Split(' ', 2)[0] == target);

    [GeneratedRegex("\u001B\\[[0-9;]*m")]
    private static partial Regex Colors();
}

/// <summary>A directory with a <c>.nuke</c> in which sample builds run as a user would run them: as a process of their own.</summary>
internal sealed class SampleDirectory : IDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "RelayOps.Build.Tests.Sample.dll");

    private readonly Dictionary<string, string> _environment = new()
    {
        ["TERM"] = "dumb",
        ["NUKE_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    public SampleDirectory() => Directory.CreateDirectory(Path.Combine(Root, ".nuke"));

    public string Root { get; } = Directory.CreateTempSubdirectory("relayops-nuke-").FullName;

    public SampleDirectory With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    public SampleDirectory WithFile(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, path))!);
        File.WriteAllText(Path.Combine(Root, path), content);
        return this;
    }

    public async Task<SampleRun> Run(string build, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // The machine's own variables would be parameters, and on a build server there are many.
        foreach (var name in start.Environment.Keys.Where(name => name is not ("PATH" or "HOME" or "TMPDIR" or "DOTNET_ROOT")).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        start.Environment["SAMPLE_BUILD"] = build;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(limit.Token);
        return new SampleRun(process.ExitCode, await output + await error);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
