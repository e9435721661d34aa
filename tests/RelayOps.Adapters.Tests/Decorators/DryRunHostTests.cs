using RelayOps.Adapters.Decorators;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Decorators;

public sealed class DryRunHostTests
{
    private readonly List<string> _said = [];

    [Fact]
    public async Task RunAsync_runs_what_reads()
    {
        var inner = Inner();
        await using var host = new DryRunHost(inner, _said.Add);
        Assert.Equal("read", (await host.RunAsync(HostCommand.Reading("ls"), CancellationToken.None)).Output);
        Assert.Equal(["ls"], inner.Asked);
        Assert.Empty(_said);
    }

    [Fact]
    public async Task RunAsync_tells_what_changes_in_order()
    {
        var inner = Inner();
        await using var host = new DryRunHost(inner, _said.Add);
        Assert.Equal(FlakyHost.Done(""), await host.RunAsync(HostCommand.Changing("rm", "a b"), CancellationToken.None));
        Assert.True((await host.RunAsync(HostCommand.Changing("reboot"), CancellationToken.None)).Succeeded);
        Assert.Equal(["rm 'a b'", "reboot"], _said);
        Assert.Empty(inner.Asked);
    }

    [Fact]
    public async Task StartAsync_tells_what_changes_and_takes_its_input()
    {
        var inner = Inner();
        await using var host = new DryRunHost(inner, _said.Add);
        await using var command = await host.StartAsync(HostCommand.Changing("tar", "x"), CancellationToken.None);
        await command.Input.WriteAsync(new byte[10]);
        Assert.Equal(0, command.Output.ReadByte() + 1);
        Assert.True((await command.WaitAsync(CancellationToken.None)).Succeeded);
        Assert.Equal(["tar x"], _said);
    }

    [Fact]
    public async Task DisposeAsync_disposes_the_host_inside()
    {
        var inner = Inner();
        await new DryRunHost(inner, _said.Add).DisposeAsync();
        Assert.True(inner.IsDisposed);
    }

    private static FlakyHost Inner() => new(_ => FlakyHost.Done("read"));
}
