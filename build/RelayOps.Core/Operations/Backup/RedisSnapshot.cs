using System.IO.Pipelines;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Backup;

/// <summary>The dataset of one moment on its way here: an RDB of known size.</summary>
/// <param name="TakenBy"><c>bgsave</c> or <c>replication</c>.</param>
public sealed record RedisSnapshot(long Size, DateTimeOffset ModifiedAt, string TakenBy, Stream Content, IAsyncDisposable Source) : IAsyncDisposable
{
    /// <summary>Hands the content to <paramref name="write"/> and reads it with our own reader at the same time.</summary>
    /// <exception cref="RelayOpsException">It is no sound RDB.</exception>
    public async Task<RdbSummary> CopyAsync(Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 64 << 10));
        var reading = Task.Run(() => ReadAsync(pipe.Reader, cancellationToken), cancellationToken);
        try
        {
            await write(new TeeStream(Content, pipe.Writer));
        }
        finally
        {
            await pipe.Writer.CompleteAsync();
        }

        return await reading;
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static async Task<RdbSummary> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = reader.AsStream(leaveOpen: true);
            return await RdbReader.ReadAsync(stream, visitor: null, cancellationToken);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }
}

/// <summary>Takes a snapshot by the better of two ways and brings it here.</summary>
public sealed class RedisSnapshotTaker(IHost host, Wire wire, BackupRequest request, IReporter reporter, TimeProvider time)
{
    public async Task<RedisSnapshot> TakeAsync(InspectedDeployment deployment, CancellationToken cancellationToken)
    {
        var redis = deployment.Redis!;
        var (method, why) = SnapshotProcedure.Choose(redis);
        if (method == SnapshotMethod.BackgroundSave)
        {
            using (reporter.Begin($"snapshot of {redis.Endpoint.Name}"))
                why = await SnapshotProcedure.SaveAsync(host, redis, request.RedisSaveTimeout, cancellationToken);
            if (why is null)
                return await ReadDumpAsync(deployment, cancellationToken);
        }

        reporter.Warn($"{redis.Endpoint.Name} cannot save: {why}; the dataset was taken from its replication stream instead. "
            + "Free its disk and run redis-cli BGSAVE, or it may refuse writes (MISCONF)");
        return await ReplicateAsync(redis, cancellationToken);
    }

    private async Task<RedisSnapshot> ReadDumpAsync(InspectedDeployment deployment, CancellationToken cancellationToken)
    {
        foreach (var route in deployment.DumpRoutes)
        {
            if (await DumpFile.FindAsync(host, route, cancellationToken) is not { } dump)
                continue;
            var sample = new byte[Math.Min(dump.Size, DumpFile.SampleBytes)];
            var rate = await MeasureAsync(dump, sample, cancellationToken);
            var codec = dump.Size <= sample.Length ? WireCodec.None : WireCodec.Choose(rate, wire.Codecs.Intersect(dump.Tools));
            wire.Codec = WireCodec.Choose(rate, wire.Codecs.Intersect(deployment.Survey.Tools));
            await dump.ContinueAsync(codec, cancellationToken);
            var content = new ConcatenatedStream(sample, wire.Receive(dump.Output, codec));
            return new RedisSnapshot(dump.Size, dump.ModifiedAt, "bgsave", content, dump);
        }

        throw new RelayOpsException($"cannot read the dump of {deployment.Redis!.Endpoint.Name}",
            $"neither {deployment.Survey.User} nor the container nor passwordless sudo may read {deployment.Redis.DumpName} in {deployment.Redis.Directory}",
            $"put {deployment.Survey.User} into group docker, or allow sudo without a password", ExitStatus.WrongUse);
    }

    /// <summary>Bytes a second, without the first quarter: a connection begins slowly, and what fills its buffers comes at once.</summary>
    private async Task<double> MeasureAsync(DumpFile dump, byte[] sample, CancellationToken cancellationToken)
    {
        var received = wire.Count(dump.Output);
        var beginning = sample.Length / 4;
        await received.ReadExactlyAsync(sample.AsMemory(0, beginning), cancellationToken);
        var started = time.GetTimestamp();
        await received.ReadExactlyAsync(sample.AsMemory(beginning), cancellationToken);
        return (sample.Length - beginning) / Math.Max(time.GetElapsedTime(started).TotalSeconds, 1e-4);
    }

    /// <summary>Its size is known at its end alone, so it is had whole before it is archived.</summary>
    private async Task<RedisSnapshot> ReplicateAsync(RedisServer redis, CancellationToken cancellationToken)
    {
        var spool = new Spool(request.SpoolDirectory);
        try
        {
            using var phase = reporter.Begin($"replication stream of {redis.Endpoint.Name}");
            await using var running = await host.StartAsync(SnapshotProcedure.ReplicateCommand(redis.Endpoint), cancellationToken);
            await LogInAsync(running, redis, cancellationToken);
            var received = new ProgressStream(wire.Count(running.Output), phase.Advance);
            var (_, length) = await spool.AppendAsync(received, cancellationToken);
            var exit = await running.WaitAsync(cancellationToken);
            if (!exit.Succeeded || length == 0)
                throw new RelayOpsException($"{redis.Endpoint.Name} sent no dataset", FirstLine.Of(exit.Error),
                    "look at its log; free its memory and disk");
            // redis-cli ends its output with a mark that is no part of the RDB: the reader knows where that ends.
            var summary = await RdbReader.ReadAsync(spool.Open(0, length), visitor: null, cancellationToken);
            return new RedisSnapshot(summary.LengthBytes, time.GetUtcNow(), "replication", spool.Open(0, summary.LengthBytes), new Held(spool));
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private static async Task LogInAsync(IRunningCommand running, RedisServer redis, CancellationToken cancellationToken)
    {
        try
        {
            await running.Input.WriteAsync(redis.Credentials, cancellationToken);
            await running.Input.DisposeAsync();
        }
        catch (IOException)
        {
            // It has ended: its own words say why.
        }
    }

    private sealed class Held(Spool spool) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            spool.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
