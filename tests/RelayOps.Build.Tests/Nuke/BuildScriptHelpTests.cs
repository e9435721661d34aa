namespace RelayOps.Build.Tests.Nuke;

public sealed class BuildScriptHelpTests : IDisposable
{
    private readonly ScriptDirectory _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Help_is_made_once_after_each_build()
    {
        _repository.Running("echo help for $*");

        var first = await _repository.Run("--help");
        var calls = _repository.Calls.Count;
        var second = await _repository.Run("--help");
        Assert.Equal(calls, _repository.Calls.Count);

        _repository.Write("build/Build.cs", "// more");
        _repository.Running("echo more help");
        var third = await _repository.Run("--help");

        Assert.EndsWith("--help --no-logo\n", first.Output, StringComparison.Ordinal);
        Assert.Equal(first.Output, second.Output);
        Assert.Equal("more help\n", third.Output);
    }

    [Fact]
    public async Task Help_that_cannot_be_made_is_not_kept()
    {
        _repository.Running("echo broken; exit 2");

        var first = await _repository.Run("--help");
        _repository.Running("echo help");
        var second = await _repository.Run("--help");

        Assert.Equal(1, first.ExitCode);
        Assert.Equal("help\n", second.Output);
    }
}
