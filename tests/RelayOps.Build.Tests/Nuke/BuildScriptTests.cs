using System.Diagnostics;

namespace RelayOps.Build.Tests.Nuke;

public sealed class BuildScriptTests : IDisposable
{
    private readonly ScriptDirectory _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Script_runs_in_its_directory_and_tells_where_the_caller_stood()
    {
        var run = await _repository.RunFrom("/", "Backup", "--report", "a b", "");

        Assert.Equal($"ran in {_repository.Root} for /: <Backup> <--report> <a b> <>\n", run.Output);
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Script_hands_on_the_exit_status()
    {
        _repository.Running("exit 7");

        Assert.Equal(7, (await _repository.Run("Backup")).ExitCode);
    }

    /// <summary>One would hold every secret of the run.</summary>
    [Fact]
    public async Task Script_has_the_runtime_write_no_dump()
    {
        _repository.Running("echo \"$DOTNET_DbgEnableMiniDump\"");

        Assert.Equal("0\n", (await _repository.With("DOTNET_DbgEnableMiniDump", "1").Run("Backup")).Output);
    }

    [Fact]
    public async Task Secrets_reach_what_was_built_and_nothing_that_builds_it()
    {
        var secrets = BuildSurface.Of(typeof(global::Build)).Parameters.Where(parameter => parameter.IsSecret || parameter.NamesStores).ToList();
        foreach (var secret in secrets)
            _repository.With(secret.VariableName, $"canary of {secret.Name}").With("NUKE_" + secret.VariableName, $"canary of {secret.Name}").With(secret.Name, $"canary of {secret.Name}");
        _repository.RestoreFailsWith("x.csproj : error NU1101: Unable to find package Nuke.Common.");
        _repository.Running("env");

        var run = await _repository.With("HARMLESS", "seen by all").Run("Backup");

        Assert.Contains("HARMLESS=seen by all", _repository.EnvironmentOfBuilding, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", _repository.EnvironmentOfBuilding, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.Contains($"{secret.VariableName}=canary of {secret.Name}\n", run.Output, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.Contains($"NUKE_{secret.VariableName}=canary of {secret.Name}\n", run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dependencies_that_are_set_are_not_asked_for()
    {
        _repository.Running("echo \"$1 $RelayOpsDependencies\"");

        var run = await _repository.With("RelayOpsDependencies", "bundled").Run("Backup");

        Assert.Equal($"{_repository.Root}/build/bin/bundled/_build.dll bundled\n", run.Output);
        Assert.Equal(0, _repository.Restores);
    }

    [Fact]
    public async Task Dependencies_that_do_not_exist_end_with_2()
    {
        var run = await _repository.With("RelayOpsDependencies", "some").Run("Backup");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("RelayOpsDependencies cannot be 'some'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.csproj : error NU1101: Unable to find package Nuke.Common. No packages exist with this id", "Nuke.Common")]
    [InlineData("x.csproj : error NU1102: Unable to find package SSH.NET with version (>= 2026.0.0)", "SSH.NET")]
    [InlineData("a : error NU1101: Unable to find package SharpCompress.\nb : error NU1101: Unable to find package Octokit.", "Octokit, SharpCompress")]
    public async Task Dependencies_are_bundled_when_the_source_lacks_one_of_the_four(string output, string names)
    {
        _repository.RestoreFailsWith(output);

        var first = await _repository.Run("Backup");
        var second = await _repository.Run("Backup");

        Assert.Equal(0, first.ExitCode);
        Assert.Equal($"the NuGet source does not serve {names}: going on with what is bundled (RelayOpsDependencies=bundled)\n", first.Error);
        Assert.Equal(string.Empty, second.Error);
        Assert.Equal(1, _repository.Restores);
        Assert.Contains(_repository.Calls, call => call.Contains("/build/bin/bundled/_build.dll", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x.csproj : error NU1301: Unable to load the service index for source https://nowhere")]
    [InlineData("x.csproj : error NU1101: Unable to find package Serilog.")]
    [InlineData("x.csproj : error NU1101: Unable to find package Nuke.Common.\nx.csproj : error NU1101: Unable to find package Serilog.")]
    [InlineData("it fell over")]
    public async Task Dependencies_that_cannot_be_restored_for_another_reason_stop(string output)
    {
        _repository.RestoreFailsWith(output);

        var run = await _repository.Run("Backup");
        await _repository.Run("Backup");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(output, run.Error, StringComparison.Ordinal);
        Assert.Contains("the packages could not be restored", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, _repository.Restores);
        Assert.Equal(0, _repository.Builds);
    }

    [Theory]
    [InlineData("build/Directory.Packages.props")]
    [InlineData("nuget.config")]
    [InlineData("../nuget.config")]
    [InlineData("../.nuget/NuGet/NuGet.Config")]
    public async Task Dependencies_are_asked_for_again_when_what_decides_them_changes(string file)
    {
        await _repository.Run("Backup");
        await _repository.Run("Backup");
        Assert.Equal(1, _repository.Restores);

        _repository.Write(file, "<changed />");
        await _repository.Run("Backup");

        Assert.Equal(2, _repository.Restores);
    }

    [Fact]
    public async Task Build_happens_when_a_source_changed_and_not_otherwise()
    {
        await _repository.Run("Backup");
        await _repository.Run("Backup");
        Assert.Equal(1, _repository.Builds);

        _repository.Write("build/Part/Part.cs", "// something");
        await _repository.Run("Backup");
        Assert.Equal(2, _repository.Builds);

        File.Delete(Path.Combine(_repository.Root, "build/Part/Part.cs"));
        // A file system's clock ticks every few milliseconds, and this is quicker than any person.
        Directory.SetLastWriteTimeUtc(Path.Combine(_repository.Root, "build/Part"), DateTime.UtcNow.AddSeconds(1));
        await _repository.Run("Backup");
        Assert.Equal(3, _repository.Builds);

        _repository.Write("global.json", """{ "sdk": { "version": "10.0.200" } }""");
        await _repository.Run("Backup");
        Assert.Equal(4, _repository.Builds);
    }

    [Theory]
    [InlineData("build/Part/obj/x.cs")]
    [InlineData("build/bin/packages/x.json")]
    [InlineData("tests/Test.cs")]
    [InlineData("README.md")]
    public async Task Build_does_not_happen_for_what_it_makes_itself_or_does_not_read(string file)
    {
        await _repository.Run("Backup");

        _repository.Write(file, "changed");
        await _repository.Run("Backup");

        Assert.Equal(1, _repository.Builds);
    }

    [Fact]
    public async Task Build_that_fails_shows_why_and_is_tried_again()
    {
        _repository.BuildFailsWith("Build.cs(1,1): error CS1002: ; expected");

        var failed = await _repository.Run("Backup");
        _repository.BuildFailsWith(null);
        var mended = await _repository.Run("Backup");

        Assert.Equal((1, string.Empty), (failed.ExitCode, failed.Output));
        Assert.Contains("error CS1002", failed.Error, StringComparison.Ordinal);
        Assert.Equal(0, mended.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(_repository.Temp, "build-output*"));
    }

    [Fact]
    public async Task Build_of_two_runs_at_once_happens_once()
    {
        using var first = _repository.With("RelayOpsDependencies", "bundled").Start(_repository.Root, "Backup");
        using var second = _repository.Start(_repository.Root, "Verify");

        Assert.Equal(0, (await ScriptDirectory.End(first)).ExitCode);
        Assert.Equal(0, (await ScriptDirectory.End(second)).ExitCode);
        Assert.Equal(1, _repository.Builds);
    }

    [Fact]
    public async Task Signal_to_the_script_reaches_the_build()
    {
        _repository.Running("trap 'echo cleaned up; exit 143' TERM; echo running; while [[ -f build.sh ]]; do sleep 0.05; done");

        using var process = _repository.Start(_repository.Root, "Backup");
        Assert.Equal("running", await process.StandardOutput.ReadLineAsync());
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        var run = await ScriptDirectory.End(process);

        Assert.Equal((143, "cleaned up\n"), (run.ExitCode, run.Output));
    }
}
