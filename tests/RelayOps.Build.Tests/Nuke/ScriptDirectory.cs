using System.Diagnostics;

namespace RelayOps.Build.Tests.Nuke;

internal sealed record ScriptRun(int ExitCode, string Output, string Error);

/// <summary>
/// A repository with the real <c>build.sh</c> and a <c>dotnet</c> that only writes down what it is asked to do.
/// Nothing else of this machine's PATH is there but the plain tools that the script calls.
/// </summary>
internal sealed class ScriptDirectory : IDisposable
{
    private static readonly string[] Tools =
        ["bash", "cat", "chmod", "cut", "dirname", "env", "find", "flock", "grep", "mkdir", "mv", "paste", "readlink", "rm", "sed", "sha256sum", "sleep", "sort", "touch"];

    private readonly string _home = Directory.CreateTempSubdirectory("relayops-script-").FullName;
    private readonly Dictionary<string, string> _environment = [];

    public ScriptDirectory(bool withDotnet = true)
    {
        Directory.CreateDirectory(Path.Combine(_home, "bin"));
        foreach (var tool in Tools)
            File.CreateSymbolicLink(Path.Combine(_home, "bin", tool), Find(tool));
        if (withDotnet)
            WriteProgram(Path.Combine(_home, "bin", "dotnet"), FakeDotnet);

        Write("global.json", """{ "sdk": { "version": "10.0.100", "rollForward": "latestMinor" } }""");
        Write("build/_build.csproj", "<Project />");
        Write("build/Directory.Packages.props", "<Project />");
        Write("build/Build.cs", "// nothing");
        Write("build/Part/Part.cs", "// nothing");
        File.Copy(Path.Combine(RepositoryRoot, "build.sh"), Path.Combine(Root, "build.sh"));
    }

    public static string RepositoryRoot { get; } = FindRepository();

    public string Root => Path.Combine(_home, "a repository");

    public string Temp => Path.Combine(Root, ".nuke", "temp");

    /// <summary>Every call of the fake <c>dotnet</c>, in order.</summary>
    public IReadOnlyList<string> Calls => File.Exists(Path.Combine(_home, "calls")) ? File.ReadAllLines(Path.Combine(_home, "calls")) : [];

    /// <summary>Everything that the fake <c>dotnet</c> was given besides its arguments, but for the runs of what was built.</summary>
    public string EnvironmentOfBuilding => File.ReadAllText(Path.Combine(_home, "environment"));

    public int Builds => Calls.Count(call => call.StartsWith("build ", StringComparison.Ordinal));

    public int Restores => Calls.Count(call => call.StartsWith("restore ", StringComparison.Ordinal));

    public string FakeDotnet => $$"""
        #!/usr/bin/env bash
        printf '%s\n' "$*" >>'{{_home}}/calls'
        [[ $1 == *.dll ]] || env >>'{{_home}}/environment'
        case $1 in
          --version) echo 10.0.100 ;;
          restore) [[ -f '{{_home}}/restore' ]] && cat '{{_home}}/restore' && exit 1; exit 0 ;;
          build)
            [[ -f '{{_home}}/build' ]] && cat '{{_home}}/build' && exit 1
            sleep 0.2
            mkdir -p "build/bin/$RelayOpsDependencies" build/Part/obj && touch "build/bin/$RelayOpsDependencies/_build.dll" ;;
          *) . '{{_home}}/run' "$@" ;;
        esac
        """;

    public ScriptDirectory With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    /// <summary>What the built assembly does, as a shell script.</summary>
    public void Running(string script) => File.WriteAllText(Path.Combine(_home, "run"), script);

    public void RestoreFailsWith(string output) => File.WriteAllText(Path.Combine(_home, "restore"), output + "\n");

    public void BuildFailsWith(string? output)
    {
        File.Delete(Path.Combine(_home, "build"));
        if (output is not null)
            File.WriteAllText(Path.Combine(_home, "build"), output + "\n");
    }

    public void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, path))!);
        File.WriteAllText(Path.Combine(Root, path), content);
    }

    public void WriteProgram(string path, string script)
    {
        path = Path.Combine(_home, "bin", path);
        File.WriteAllText(path, script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async Task<ScriptRun> Run(params string[] arguments)
    {
        using var process = Start(Root, arguments);
        return await End(process);
    }

    public async Task<ScriptRun> RunFrom(string directory, params string[] arguments)
    {
        using var process = Start(directory, arguments);
        return await End(process);
    }

    public Process Start(string directory, params string[] arguments)
    {
        if (!File.Exists(Path.Combine(_home, "run")))
            Running("printf 'ran in %s for %s:' \"$PWD\" \"$RELAYOPS_CALLER_DIRECTORY\"; shift; printf ' <%s>' \"$@\"; echo");
        var start = new ProcessStartInfo(Path.Combine(_home, "bin", "bash"), [Path.Combine(Root, "build.sh"), .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Path.Combine(_home, "bin");
        start.Environment["HOME"] = _home;
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<ScriptRun> End(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(limit.Token);
        return new ScriptRun(process.ExitCode, await output.WaitAsync(limit.Token), await error.WaitAsync(limit.Token));
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static string Find(string tool) =>
        new[] { "/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin" }.Select(directory => Path.Combine(directory, tool)).First(File.Exists);

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "build.sh")))
            directory = directory.Parent ?? throw new InvalidOperationException("build.sh is not above the tests.");
        return directory.FullName;
    }
}
