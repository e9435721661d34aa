using RelayOps.Core;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Redis;

namespace RelayOps.Adapters.Drills;

/// <summary>A dataset in a directory of its own. Each load works in a fresh directory of links to it, so that none changes it.</summary>
internal sealed class DrillGround(string directory, RedisLauncher launcher, RedisServerDrillOptions options) : IDrillGround
{
    private readonly string data = Path.Combine(directory, "data");
    private int loads;

    public Stream Create(string path)
    {
        var file = Path.Combine(data, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return new FileStream(file, FileMode.CreateNew, FileAccess.Write);
    }

    public void Link(string path, string target)
    {
        var link = Path.Combine(data, path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, Path.Combine(data, target));
    }

    public async Task<DrillOutcome> LoadAsync(DrillLayout layout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Limit, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await LoadWithinAsync(layout, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RelayOpsException($"{launcher.Description} did not load the dataset",
                $"it still ran after {options.Limit.TotalSeconds:0} s", "try again on a machine with more memory, or use --level deep");
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<DrillOutcome> LoadWithinAsync(DrillLayout layout, CancellationToken cancellationToken)
    {
        var run = Directory.CreateDirectory(Path.Combine(directory, $"run{++loads}")).FullName;
        foreach (var entry in Directory.EnumerateFileSystemEntries(data))
            File.CreateSymbolicLink(Path.Combine(run, Path.GetFileName(entry)), entry);
        // The dump is loaded under its own name; saving replaces the link to it, not the file.
        var saved = layout.AppendFileName is null ? "dump.rdb" : "saved.rdb";

        await using (var redis = new PrivateRedis(directory, launcher, options))
        {
            await redis.StartAsync(Arguments(run, saved, layout), cancellationToken);
            var reply = await redis.AskAsync("SAVE", cancellationToken);
            if (reply != "+OK")
                throw new RelayOpsException($"{launcher.Description} loaded the dataset and could not save it", reply, "check the free space in " + directory);
        }

        await using var file = File.OpenRead(Path.Combine(run, saved));
        var summary = await RdbReader.ReadAsync(file, null, cancellationToken);
        return new DrillOutcome(launcher.Description, summary.Counts);
    }

    /// <summary>
    /// As the replica of nobody, Redis keeps expired keys as they are, so that a backup has its counts years later too.
    /// </summary>
    private static string[] Arguments(string run, string saved, DrillLayout layout)
    {
        string[] common = ["--dir", run, "--dbfilename", saved, "--replicaof", "127.0.0.1", "1", "--save", ""];
        if (layout.AppendFileName is not { } name)
            return [.. common, "--appendonly", "no"];
        string[] append = [.. common, "--appendonly", "yes", "--appendfilename", name];
        return layout.AppendDirectory is { } folder ? [.. append, "--appenddirname", folder] : append;
    }
}
