using RelayOps.Core;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Redis;

namespace RelayOps.Adapters.Drills;

/// <summary>A backup's files in a directory of their own. Each load works in a fresh directory of links to it, so that none changes it.</summary>
internal sealed class DrillGround(string directory, RedisLauncher launcher, DrillDocker? docker, RedisServerDrillOptions options) : IDrillGround
{
    private readonly string files = Path.Combine(directory, "files");
    private int loads;

    public Stream Create(string path)
    {
        var file = Path.Combine(files, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return new FileStream(file, FileMode.CreateNew, FileAccess.Write);
    }

    public void Link(string path, string target)
    {
        var link = Path.Combine(files, path);
        var place = Directory.CreateDirectory(Path.GetDirectoryName(link)!).FullName;
        // Relative, so that it leads there wherever a container has these files.
        File.CreateSymbolicLink(link, Path.GetRelativePath(place, Path.Combine(files, target)));
    }

    public async Task<DrillOutcome> LoadAsync(DrillLayout layout, int database, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Limit, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await LoadWithinAsync(layout, database, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RelayOpsException($"{launcher.Description} did not load the dataset",
                $"it still ran after {options.Limit.TotalSeconds:0} s", "try again on a machine with more memory, or use --level deep");
        }
    }

    public async Task<ServiceBoot> BootAsync(ServiceRecipe recipe, CancellationToken cancellationToken) => docker is null
        ? new ServiceBoot(null, "docker is not to be had on this machine")
        : await new ServiceStart(directory, files, docker, options).RunAsync(recipe, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (docker is not null)
            await docker.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private async Task<DrillOutcome> LoadWithinAsync(DrillLayout layout, int database, CancellationToken cancellationToken)
    {
        var run = Directory.CreateDirectory(Path.Combine(directory, $"run{++loads}")).FullName;
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path.Combine(files, "redis_data")))
            File.CreateSymbolicLink(Path.Combine(run, Path.GetFileName(entry)), entry);
        // The dump is loaded under its own name; saving replaces the link to it, not the file.
        var saved = layout.AppendFileName is null ? "dump.rdb" : "saved.rdb";

        ApiKeyMap? apiKeys;
        await using (var redis = new PrivateRedis(directory, launcher, options))
        {
            await redis.StartAsync(Arguments(run, saved, layout), cancellationToken);
            apiKeys = ApiKeyMap.Find(await redis.EvaluateAsync(ApiKeyMap.Script, database, cancellationToken));
            var reply = await redis.AskAsync("SAVE", cancellationToken);
            if (reply != "+OK")
                throw new RelayOpsException($"{launcher.Description} loaded the dataset and could not save it", reply, "check the free space in " + directory);
        }

        await using var file = File.OpenRead(Path.Combine(run, saved));
        var summary = await RdbReader.ReadAsync(file, null, cancellationToken);
        return new DrillOutcome(launcher.Description, summary.Counts, apiKeys);
    }

    /// <summary>
    /// As the replica of nobody, Redis keeps expired keys as they are, so that a backup has its counts years later too.
    /// </summary>
    private static string[] Arguments(string run, string saved, DrillLayout layout) =>
        ["--dir", run, "--dbfilename", saved, "--replicaof", "127.0.0.1", "1", "--save", "", .. layout.Arguments()];
}
