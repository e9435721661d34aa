using System.Diagnostics;
using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Testing.Ssh;
using Xunit.Abstractions;

namespace RelayOps.Adapters.Tests.Contracts;

/// <summary>Streams of 1 GiB through a host, alone on the machine, so that this process' memory means something.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StreamSuite
{
    public const string Name = "streams";
}

/// <summary>However much a command reads or writes, memory stays as it was; and a slow reader holds a fast writer back.</summary>
public abstract class HostStreamContract(ITestOutputHelper log) : IAsyncLifetime
{
    private const long Size = 1L << 30;
    private const long Allowed = 64L << 20;

    protected IHost Host { get; private set; } = null!;

    protected CancellationToken Token { get; } = new CancellationTokenSource(TimeSpan.FromSeconds(240)).Token;

    /// <summary>What may be on the way when the reader stops: pipes, and the windows of the connection.</summary>
    protected virtual long OnTheWay => 24L << 20;

    protected abstract Task<IHost> OpenAsync(CancellationToken cancellationToken);

    public async Task InitializeAsync() => Host = await OpenAsync(Token);

    public async Task DisposeAsync() => await Host.DisposeAsync();

    [Fact]
    public async Task Output_streams_1_GiB_without_growth()
    {
        var memory = new MemoryWatch();
        var clock = Stopwatch.StartNew();
        await using var command = await Host.StartAsync(HostCommand.Reading("head", "-c", $"{Size}", "/dev/zero"), Token);
        var buffer = new byte[256 * 1024];
        long total = 0;
        int read;
        while ((read = await command.Output.ReadAsync(buffer, Token)) > 0)
        {
            total += read;
            memory.Look();
        }

        Assert.Equal(Size, total);
        Assert.True((await command.WaitAsync(Token)).Succeeded);
        Report("stdout", clock, memory);
    }

    [Fact]
    public async Task Input_streams_1_GiB_without_growth()
    {
        var memory = new MemoryWatch();
        var clock = Stopwatch.StartNew();
        await using var command = await Host.StartAsync(HostCommand.Reading("wc", "-c"), Token);
        var buffer = new byte[256 * 1024];
        for (long sent = 0; sent < Size; sent += buffer.Length)
        {
            await command.Input.WriteAsync(buffer, Token);
            memory.Look();
        }

        await command.Input.DisposeAsync();
        Assert.Equal($"{Size}\n", await new StreamReader(command.Output).ReadToEndAsync(Token));
        Report("stdin", clock, memory);
    }

    [Fact]
    public async Task Error_streams_1_GiB_without_growth()
    {
        var memory = new MemoryWatch();
        var clock = Stopwatch.StartNew();
        await using var command = await Host.StartAsync(HostCommand.ReadingScript("head -c $1 /dev/zero >&2; echo end >&2", $"{Size}"), Token);
        var exit = command.WaitAsync(Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!exit.IsCompleted && await timer.WaitForNextTickAsync(Token))
            memory.Look();
        Assert.EndsWith("end\n", (await exit).Error, StringComparison.Ordinal);
        Report("stderr", clock, memory);
    }

    [Fact]
    public async Task Output_that_nobody_reads_holds_the_command_back()
    {
        using var directory = TestDirectory.Create("relayops-hosts-");
        var memory = new MemoryWatch();
        var count = HostCommand.ReadingScript("n=0; while [ $n -lt 400 ] && head -c 1048576 /dev/zero; do n=$((n+1)); echo $n >\"$1\"; done", directory.File("count"));
        await using var command = await Host.StartAsync(count, Token);
        await command.Output.ReadExactlyAsync(new byte[1 << 20], Token);
        var written = await StandstillAsync(directory.File("count"), memory);
        log.WriteLine($"held back after {written} MiB, memory +{memory.Growth >> 20} MiB");
        Assert.InRange(written << 20, 1, OnTheWay);
        Assert.InRange(memory.Growth, 0, Allowed);

        long rest = 0;
        var buffer = new byte[256 * 1024];
        int read;
        while ((read = await command.Output.ReadAsync(buffer, Token)) > 0)
            rest += read;
        Assert.Equal(399L << 20, rest);
        Assert.True((await command.WaitAsync(Token)).Succeeded);
    }

    [Fact]
    public async Task Commands_run_while_another_ones_output_waits()
    {
        await using var waiting = await Host.StartAsync(HostCommand.Reading("head", "-c", "100000000", "/dev/zero"), Token);
        await waiting.Output.ReadExactlyAsync(new byte[1], Token);
        for (var i = 0; i < 10; i++)
            Assert.True((await Host.RunAsync(HostCommand.Reading("head", "-c", "3000000", "/dev/zero"), Token)).Succeeded);
        Assert.True((await waiting.WaitAsync(Token)).Succeeded);
    }

    /// <summary>Waits until the number in the file has not moved for half a second.</summary>
    private async Task<long> StandstillAsync(string path, MemoryWatch memory)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        long last = -1;
        for (var same = 0; same < 10; same++)
        {
            await timer.WaitForNextTickAsync(Token);
            memory.Look();
            if (!long.TryParse(File.Exists(path) ? await File.ReadAllTextAsync(path, Token) : "", NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var now) || now != last)
                (last, same) = (now, 0);
        }

        return last;
    }

    private void Report(string what, Stopwatch clock, MemoryWatch memory)
    {
        var live = GC.GetTotalMemory(forceFullCollection: true) >> 20;
        log.WriteLine($"live {live} MiB; {GetType().Name} {what}: {Size / 1e6 / clock.Elapsed.TotalSeconds:0} MB/s, memory +{memory.Growth >> 20} MiB");
        Assert.InRange(memory.Growth, 0, Allowed);
    }

    /// <summary>The largest working set since the start, beyond what it was then.</summary>
    private sealed class MemoryWatch
    {
        private readonly long _before = Start();
        private long _most;

        public long Growth => Math.Max(0, _most - _before);

        public void Look() => _most = Math.Max(_most, Environment.WorkingSet);

        private static long Start()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Environment.WorkingSet;
        }
    }
}
