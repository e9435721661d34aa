using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Testing.Ssh;

namespace RelayOps.Adapters.Tests.Contracts;

/// <content>A command ends on its machine when we are done with it.</content>
public abstract partial class HostContract
{
    [Fact]
    public async Task DisposeAsync_ends_the_command_and_its_children()
    {
        var command = await Host.StartAsync(HostCommand.ReadingScript("sleep 1000 & echo $!; echo $$; wait"), Token);
        var (child, shell) = (await ReadNumberAsync(command.Output), await ReadNumberAsync(command.Output));
        await command.DisposeAsync();
        await ProcessTable.UntilGoneAsync(child, Token);
        await ProcessTable.UntilGoneAsync(shell, Token);
    }

    [Fact]
    public async Task DisposeAsync_kills_a_command_that_ignores_TERM()
    {
        var command = await Host.StartAsync(HostCommand.ReadingScript("trap '' TERM; echo $$; while :; do sleep 1; done"), Token);
        var shell = await ReadNumberAsync(command.Output);
        await command.DisposeAsync();
        await ProcessTable.UntilGoneAsync(shell, Token);
    }

    [Fact]
    public async Task DisposeAsync_lets_a_command_clean_up()
    {
        using var directory = TestDirectory.Create("relayops-hosts-");
        var command = await Host.StartAsync(HostCommand.ReadingScript("trap 'echo bye >\"$1\"; exit 0' TERM; echo $$; while :; do sleep 0.05; done", directory.File("said")), Token);
        var shell = await ReadNumberAsync(command.Output);
        await command.DisposeAsync();
        await ProcessTable.UntilGoneAsync(shell, Token);
        Assert.Equal("bye\n", await File.ReadAllTextAsync(directory.File("said"), Token));
    }

    [Fact]
    public async Task DisposeAsync_ends_a_command_that_floods_its_output()
    {
        var command = await Host.StartAsync(HostCommand.ReadingScript("echo $$; exec cat /dev/zero"), Token);
        var shell = await ReadNumberAsync(command.Output);
        await command.DisposeAsync();
        await ProcessTable.UntilGoneAsync(shell, Token);
    }

    [Fact]
    public async Task RunAsync_ends_the_command_when_cancelled()
    {
        using var directory = TestDirectory.Create("relayops-hosts-");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = Host.RunAsync(HostCommand.ReadingScript("echo $$ >\"$1.new\"; mv \"$1.new\" \"$1\"; exec sleep 1000", directory.File("pid")), stop.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!File.Exists(directory.File("pid")))
            await timer.WaitForNextTickAsync(Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await ProcessTable.UntilGoneAsync(int.Parse(await File.ReadAllTextAsync(directory.File("pid"), Token), CultureInfo.InvariantCulture), Token);
    }

    [Fact]
    public async Task DisposeAsync_of_the_host_ends_what_still_runs()
    {
        var host = await OpenAsync(Quick, Token);
        var command = await host.StartAsync(HostCommand.ReadingScript("echo $$; exec sleep 1000"), Token);
        var shell = await ReadNumberAsync(command.Output);
        await host.DisposeAsync();
        await ProcessTable.UntilGoneAsync(shell, Token);
        await command.DisposeAsync();
    }
}
