using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Carries the dataset of one moment to the new server: hashed where it was read and where it arrived, and on its way through this machine read by our own reader.</summary>
internal sealed class MovedDataset(IHost old, Arrival arrival, MoveRequest request, OldServer source, OwnerMap owners, IReporter reporter, TimeProvider time)
{
    /// <summary>$1 the directory, which is made anew, $2 its mode, $3 its owner, $4 the dump's. Prints the digest of what reached the disk.</summary>
    private const string ReceiveScript = """
        rm -rf "$1" && mkdir -p "$1" && chmod "$2" "$1" && cd "$1" || exit 74
        umask 077
        cat > dump.rdb || exit 74
        chown "$4" dump.rdb && chown "$3" . && chmod 600 dump.rdb || exit 74
        sha256sum < dump.rdb | cut -d ' ' -f 1
        """;

    /// <summary>Dump bytes sent so far, whichever way.</summary>
    public long Bytes { get; private set; }

    /// <summary>Null where the dataset goes through this machine.</summary>
    public StraightDataset? Straight { get; init; }

    /// <summary>Receives it, and lays it out as Redis loads it: where it is not what was sent, it is removed with everything else.</summary>
    /// <param name="directory">A deployment's on the new server.</param>
    public HostCommand ReceiveCommand(string directory)
    {
        var data = $"{directory}/{RedisFinder.DataDirectory}";
        var receive = HostCommand.ChangingScript(ReceiveScript, data, Convert.ToString(source.Data.Mode, 8), Ids(source.Data.UserId, source.Data.GroupId), DumpOwner);
        return arrival.Owner.Run(receive.Then(StagedDataset.LayOutCommand(data, source.Target.Files)));
    }

    private string DumpOwner => int.TryParse(source.Redis.DumpOwner, NumberStyles.None, CultureInfo.InvariantCulture, out var user) && user != source.Data.UserId
        ? Ids(user, source.Data.GroupId) : Ids(source.Data.UserId, source.Data.GroupId);

    /// <summary>While the old service still writes.</summary>
    /// <param name="directory">A deployment's on the new server.</param>
    /// <returns>What Redis must answer there once it has loaded it; null where nobody read it on its way.</returns>
    public async Task<DatasetCounts?> SendAsync(string directory, CancellationToken cancellationToken)
    {
        if (Straight is null || await Straight.TrySendAsync(ReceiveCommand(directory), cancellationToken) is not { } size)
            return await SendThroughHereAsync(directory, cancellationToken);
        Bytes += size;
        return null;
    }

    /// <summary>
    /// Nobody writes any more: what the old Redis counts is what the new one must. It counts before it saves, since from then on keys can only
    /// come to their end.
    /// </summary>
    public async Task<DatasetCounts> SendLastAsync(string directory, CancellationToken cancellationToken)
    {
        var counts = Straight is { IsPossible: true } ? await KeyCensus.TakeAsync(old, source.Redis, cancellationToken) : null;
        return await SendAsync(directory, cancellationToken) ?? counts!;
    }

    private async Task<DatasetCounts> SendThroughHereAsync(string directory, CancellationToken cancellationToken)
    {
        await using var snapshot = await new RedisSnapshotTaker(old, request.Wire, request.Snapshot, reporter, time).TakeAsync(source.Deployment, cancellationToken);
        using var phase = reporter.Begin($"sending the dataset to {arrival.Host.Name}", snapshot.Size);
        await using var running = await arrival.Host.StartAsync(ReceiveCommand(directory), cancellationToken);
        var sha256 = "";
        var summary = await snapshot.CopyAsync(async content => sha256 = await WriteAsync(running, content, phase, cancellationToken), cancellationToken);
        using var output = new StreamReader(running.Output);
        var arrived = (await output.ReadToEndAsync(cancellationToken)).Trim();
        var exit = await running.WaitAsync(cancellationToken);
        if (!exit.Succeeded || arrived != sha256)
            throw Failed(exit.Succeeded ? "what reached its disk is not what was sent" : FirstLine.Of(exit.Error));
        Bytes += snapshot.Size;
        return summary.Counts;
    }

    private async Task<string> WriteAsync(IRunningCommand running, Stream content, IPhase phase, CancellationToken cancellationToken)
    {
        await using var input = running.Input;
        await using var hashing = new HashingOutputStream(input);
        await using var counted = new ProgressStream(content, phase.Advance);
        try
        {
            await counted.CopyToAsync(hashing, 256 << 10, cancellationToken);
        }
        catch (IOException)
        {
            // cat has ended: its own words say why.
            throw Failed(FirstLine.Of((await running.WaitAsync(cancellationToken)).Error));
        }

        return hashing.Sha256();
    }

    private RelayOpsException Failed(string why) => new($"the dataset did not arrive on {arrival.Host.Name}", why, "check free space there, and try again");

    private string Ids(int user, int group) => string.Create(CultureInfo.InvariantCulture, $"{owners.User(user)}:{owners.Group(group)}");
}
