using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Tests.Hosts;

/// <summary>A command that never returns ends all the same, and one that is only slow is left alone.</summary>
public sealed class BoundedHostTests
{
    private static readonly HostCommand Command = HostCommand.ChangingScript("sleep forever");
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task RunAsync_gives_up_a_command_that_shows_no_sign_of_life()
    {
        var running = On(new Silent()).RunAsync(Command, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(running.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(2));

        var hung = await Assert.ThrowsAsync<RelayOpsException>(() => running);
        Assert.Equal(ExitStatus.Failed, hung.Status);
        Assert.Contains("hangs", hung.What);
    }

    [Fact]
    public async Task RunAsync_waits_as_long_as_the_command_does_by_design()
    {
        var running = On(new Silent()).RunAsync(Command with { Waits = TimeSpan.FromMinutes(10) }, CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(running.IsCompleted);

        _time.Advance(TimeSpan.FromMinutes(2));

        await Assert.ThrowsAsync<RelayOpsException>(() => running);
    }

    [Fact]
    public async Task RunAsync_that_is_cancelled_is_cancelled_and_does_not_hang()
    {
        using var stop = new CancellationTokenSource();
        var running = On(new Silent()).RunAsync(Command, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task StartAsync_counts_silence_anew_with_every_byte()
    {
        var silent = new Silent();
        await using var running = await On(silent).StartAsync(Command, CancellationToken.None);
        for (var i = 0; i < 3; i++)
        {
            var reading = running.Output.ReadAsync(new byte[10]).AsTask();
            _time.Advance(TimeSpan.FromSeconds(40));
            silent.Say();
            Assert.Equal(1, await reading);
        }

        var last = running.Output.ReadAsync(new byte[10]).AsTask();
        _time.Advance(TimeSpan.FromSeconds(61));
        await Assert.ThrowsAsync<RelayOpsException>(() => last);
        var ending = running.WaitAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(61));
        await Assert.ThrowsAsync<RelayOpsException>(() => ending);
    }

    private BoundedHost On(Silent silent) => new(silent, TimeSpan.FromSeconds(60), _time);

    /// <summary>A host whose commands never end.</summary>
    private sealed class Silent : IHost, IRunningCommand
    {
        private readonly System.IO.Pipelines.Pipe _output = new();

        public string Name => "silent";

        public Stream Input => Stream.Null;

        public Stream Output => field ??= _output.Reader.AsStream();

        public void Say()
        {
            _ = _output.Writer.WriteAsync(new byte[] { 1 }).AsTask();
        }

        public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken) => Task.FromResult<IRunningCommand>(this);

        public async Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }

        public async Task<CommandExit> WaitAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
