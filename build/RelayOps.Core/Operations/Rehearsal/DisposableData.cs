using System.Text;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Rehearsal;

/// <summary>The data of a deployment that nobody needs: what they are, how they are lost, and whether they are back.</summary>
public sealed class DisposableData(IHost host, InspectedDeployment deployment, IReporter reporter)
{
    private const string LoseKeysScript = RedisServer.Login + """
        redis-cli "$@" FLUSHALL && redis-cli "$@" SET written:after 'the backup'
        """;

    private const string LoseFilesScript = """
        cd "$1" && rm -rf logs && mkdir logs && rm data/model_pricing.json && echo broken > data/init.json && echo stray > data/stray.json
        """;

    private string? _digest;

    /// <summary>Remembers what must be back in the end.</summary>
    public async Task RememberAsync(CancellationToken cancellationToken)
    {
        if (deployment.Redis is { } redis)
            _digest = await ExactDigest.TakeAsync(host, redis, cancellationToken);
    }

    /// <summary>Loses them for good: every key of every database, whole directories, the content of files.</summary>
    public async Task LoseAsync(CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin("losing the data");
        if (deployment.Redis is { } redis)
        {
            var command = redis.Endpoint.Route.Run(HostCommand.ChangingScript(LoseKeysScript, [.. redis.Endpoint.CliArguments]));
            Demand(await host.RunAsync(command, redis.Credentials, cancellationToken));
            if (await ExactDigest.TakeAsync(host, redis, cancellationToken) == _digest)
                throw new RelayOpsException("the data were not lost", "redis answers as before", "this is a defect of RelayOps: report it with the lines above");
        }

        Demand(await host.RunAsync(HostCommand.ChangingScript(LoseFilesScript, deployment.Survey.Path), cancellationToken));
    }

    /// <summary>Every value of Redis against what it was, every file against the archive's manifest.</summary>
    /// <exception cref="RelayOpsException">Something is not as it was.</exception>
    public async Task CompareAsync(RestoreSource source, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin("comparing with what was there before");
        if (deployment.Redis is { } redis && await ExactDigest.TakeAsync(host, redis, cancellationToken) != _digest)
            throw Differs("the digest of the dataset is another than before the loss");
        var archived = (await ArchiveContents.ReadAsync(source, SilentReporter.Instance, cancellationToken)).Entries
            .Where(entry => ArchiveContents.PartOf(entry.Path) is not (null or DeploymentParts.Redis)).ToList();
        var sums = Encoding.UTF8.GetBytes(string.Concat(archived.Where(entry => entry.Sha256 is not null).Select(entry => $"{entry.Sha256}  ./{entry.Path}\n")));
        var checkedSums = await host.RunAsync(StagedFiles.CheckCommand(deployment.Survey.Path, "."), sums, cancellationToken);
        if (!checkedSums.Succeeded || checkedSums.Output.Trim().Length > 0)
            throw Differs(FirstLine.Of(checkedSums.Output + checkedSums.Exit.Error));
        if (await FindStrangerAsync(archived, cancellationToken) is { } stranger)
            throw Differs(stranger);
        reporter.Note($"the same as before: {archived.Count(entry => entry.Kind == EntryKind.File)} files by sha256, owner and mode"
            + (_digest is null ? "" : $", {Figures.Count(long.Parse(_digest.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))} keys by Redis' own digest of every value"));
    }

    private async Task<string?> FindStrangerAsync(List<ArchivedEntry> archived, CancellationToken cancellationToken)
    {
        var tree = await FileTree.FindAsync(host, FileRoute.Direct(deployment.Survey.Path), ["data", "logs"], cancellationToken);
        var known = archived.ToDictionary(entry => entry.Path);
        return tree?.Entries.Where(entry => !known.TryGetValue(entry.Path, out var before)
                || (before.Mode, before.UserId, before.GroupId) != (entry.Mode, entry.UserId, entry.GroupId))
            .Select(entry => $"{entry.Path} is not as in the backup").FirstOrDefault();
    }

    private static void Demand(CommandResult result)
    {
        if (!result.Succeeded)
            throw new RelayOpsException("the data could not be lost", FirstLine.Of(result.Exit.Error + result.Output), "try again");
    }

    private static RelayOpsException Differs(string why) =>
        new("what came back is not what was there", why, "this is a defect of RelayOps: report it with the lines above");
}
