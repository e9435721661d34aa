using Microsoft.Extensions.Time.Testing;
using RelayOps.Adapters.Decorators;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Decorators;

public sealed class RetryingHostTests
{
    private static readonly HostCommand Read = HostCommand.Reading("cat", "file");
    private static readonly HostCommand Change = HostCommand.Changing("rm", "file");

    private readonly FakeTimeProvider _time = new();
    private readonly List<FlakyHost> _opened = [];
    private readonly List<TimeSpan> _delays = [];
    private int _failures;

    [Fact]
    public async Task RunAsync_reads_again_on_a_new_connection_after_a_loss()
    {
        _failures = 2;
        await using var host = Make();
        var result = await FinishAsync(host.RunAsync(Read, CancellationToken.None));
        Assert.Equal("3", result.Output);
        Assert.Equal([true, true, false], _opened.Select(opened => opened.IsDisposed));
        Assert.Equal(2, _delays.Count);
        Assert.True(_delays[1] > _delays[0]);
    }

    [Fact]
    public async Task RunAsync_never_repeats_a_change()
    {
        _failures = 1;
        await using var host = Make();
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => host.RunAsync(Change, CancellationToken.None));
        Assert.True(error.IsTransient);
        Assert.Equal(["rm file"], _opened.SelectMany(opened => opened.Asked));

        Assert.True((await host.RunAsync(Change, CancellationToken.None)).Succeeded);
        Assert.Equal(2, _opened.Count);
    }

    [Fact]
    public async Task RunAsync_gives_up_after_the_last_retry()
    {
        _failures = int.MaxValue;
        await using var host = Make();
        await Assert.ThrowsAsync<RelayOpsException>(() => FinishAsync(host.RunAsync(Read, CancellationToken.None)));
        Assert.Equal(4, _opened.Count);
    }

    [Fact]
    public async Task RunAsync_does_not_repeat_what_fails_for_good()
    {
        var asked = 0;
        await using var host = new RetryingHost("h", _ => Task.FromResult<IHost>(new FlakyHost(_ =>
        {
            asked++;
            throw new RelayOpsException("no", "never", "stop", ExitStatus.NoConnection);
        })), new RetrySettings(), _time);
        await Assert.ThrowsAsync<RelayOpsException>(() => host.RunAsync(Read, CancellationToken.None));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task ConnectAsync_tries_again_when_the_server_is_not_there()
    {
        var tries = 0;
        await using var host = new RetryingHost("h", _ => ++tries < 3 ? Task.FromException<IHost>(FlakyHost.Lost) : Task.FromResult<IHost>(new FlakyHost(_ => FlakyHost.Done(""))),
            new RetrySettings(), _time);
        await FinishAsync(host.ConnectAsync(CancellationToken.None).ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default));
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task StartAsync_is_not_repeated_but_the_next_command_gets_a_new_connection()
    {
        _failures = 1;
        await using var host = Make();
        await using var command = await host.StartAsync(Read, CancellationToken.None);
        await Assert.ThrowsAsync<RelayOpsException>(() => command.WaitAsync(CancellationToken.None));
        Assert.Equal("2", (await host.RunAsync(Read, CancellationToken.None)).Output);
        Assert.Equal([true, false], _opened.Select(opened => opened.IsDisposed));
    }

    [Fact]
    public async Task RunAsync_stops_waiting_when_cancelled()
    {
        _failures = int.MaxValue;
        using var stop = new CancellationTokenSource();
        await using var host = new RetryingHost("h", _ => Task.FromException<IHost>(FlakyHost.Lost), new RetrySettings(), _time, (_, _) => stop.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.RunAsync(Read, stop.Token));
    }

    /// <summary>Each connection fails every command until the failures are used up, and answers its own number then.</summary>
    private RetryingHost Make() => new("h", _ =>
    {
        var number = _opened.Count + 1;
        var opened = new FlakyHost(_ => _failures-- > 0 ? throw FlakyHost.Lost : FlakyHost.Done($"{number}"));
        _opened.Add(opened);
        return Task.FromResult<IHost>(opened);
    }, new RetrySettings { Retries = 3, Random = () => 0.5 }, _time, (_, delay) => _delays.Add(delay));

    private async Task<T> FinishAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await task;
    }
}
