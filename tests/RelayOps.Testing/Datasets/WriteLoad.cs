using System.Globalization;
using RelayOps.Testing.Redis;

namespace RelayOps.Testing.Datasets;

/// <summary>
/// Clients that write while a backup runs. Every write counts two keys on in one transaction: a snapshot in which
/// <see cref="FirstKey"/> and <see cref="SecondKey"/> differ was not taken at one point in time.
/// </summary>
public sealed class WriteLoad : IAsyncDisposable
{
    public const string FirstKey = "load:first";
    public const string SecondKey = "load:second";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource writing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<long> replies = Task.FromResult(0L);

    private WriteLoad()
    {
    }

    /// <summary>Returns when the first writes are on their way.</summary>
    public static async Task<WriteLoad> StartAsync(RedisCli redis, int writesPerSecond, CancellationToken cancellationToken)
    {
        var load = new WriteLoad();
        load.replies = redis.PipeAsync(stream => load.WriteAsync(stream, writesPerSecond), CancellationToken.None);
        await Task.WhenAny(load.writing.Task, load.replies).WaitAsync(cancellationToken);
        return load;
    }

    /// <summary>Ends the load; returns how many writes Redis confirmed, which is what both keys count now.</summary>
    public async Task<long> StopAsync()
    {
        await ending.CancelAsync();
        return await replies / RepliesPerWrite;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        ending.Dispose();
    }

    // MULTI, three times QUEUED, EXEC with its three.
    private const int RepliesPerWrite = 5;

    private async Task WriteAsync(Stream stream, int writesPerSecond)
    {
        var writer = new RespWriter(stream);
        var payload = new string('x', 200);
        var number = 0L;
        using var timer = new PeriodicTimer(Tick);
        do
        {
            for (var i = 0; i < Math.Max(1, writesPerSecond * Tick.TotalSeconds); i++, number++)
            {
                writer.Write("MULTI");
                writer.Write("INCR", FirstKey);
                writer.Write("SET", $"load:item:{(number % 1000).ToString(CultureInfo.InvariantCulture)}", payload);
                writer.Write("INCR", SecondKey);
                writer.Write("EXEC");
            }

            await writer.FlushAsync(always: true, CancellationToken.None);
            await stream.FlushAsync(CancellationToken.None);
            writing.TrySetResult();
        }
        while (!ending.IsCancellationRequested && await NextAsync(timer));
    }

    private async Task<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ending.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
