namespace RelayOps.Build.Tests.Nuke;

public sealed class BuildScriptSdkTests : IDisposable
{
    private readonly ScriptDirectory _repository = new(withDotnet: false);

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Sdk_missing_and_out_of_reach_says_what_to_do()
    {
        _repository.WriteProgram("curl", "#!/usr/bin/env bash\nexit 6\n");

        var run = await _repository.Run("Backup");

        Assert.Equal((2, string.Empty), (run.ExitCode, run.Output));
        Assert.Contains("the .NET SDK is missing and could not be installed", run.Error, StringComparison.Ordinal);
        Assert.Contains("install the .NET SDK 10.0.100 or later by other means", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sdk_missing_is_installed_in_the_version_of_global_json()
    {
        // What Microsoft's address serves: an installer that puts dotnet where it is told.
        _repository.WriteProgram("served", $"#!/usr/bin/env bash\necho \"installer $*\"\nmkdir -p \"$2\"\ncat >\"$2/dotnet\" <<'DOTNET'\n{_repository.FakeDotnet}\nDOTNET\nchmod +x \"$2/dotnet\"\n");
        _repository.WriteProgram("curl", "#!/usr/bin/env bash\ncat \"$(dirname \"$0\")/served\" >\"$2\"\n");

        var first = await _repository.Run("Backup");
        File.Delete(Path.Combine(_repository.Temp, "dotnet-install.sh"));
        var second = await _repository.Run("Verify");

        Assert.Contains($"installer --install-dir {_repository.Temp}/dotnet-unix --version 10.0.100 --no-path", first.Error, StringComparison.Ordinal);
        Assert.EndsWith("<Backup>\n", first.Output, StringComparison.Ordinal);
        Assert.Equal((0, string.Empty), (second.ExitCode, second.Error));
        Assert.EndsWith("<Verify>\n", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sdk_installer_that_fails_ends_with_2()
    {
        _repository.WriteProgram("curl", "#!/usr/bin/env bash\nprintf '#!/usr/bin/env bash\\necho no such version\\nexit 1\\n' >\"$2\"\n");

        var run = await _repository.Run("Backup");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no such version", run.Error, StringComparison.Ordinal);
        Assert.Contains("the .NET SDK could not be installed", run.Error, StringComparison.Ordinal);
    }
}
