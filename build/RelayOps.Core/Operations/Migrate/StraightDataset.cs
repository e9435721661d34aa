using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// Sends the dump straight to the new server. Nobody reads it on its way, so what is in it is known by what Redis itself counts: the old one once
/// nobody writes to it, and the new one when it has loaded. That it arrived byte for byte is proven by digests of both ends.
/// </summary>
internal sealed class StraightDataset(IHost old, OldServer source, MoveRequest request, DirectLink link, IReporter reporter)
{
    /// <summary>One opening for its size, its digest and its content: a dump that is saved meanwhile is another file. $1 the dump.</summary>
    private const string ReadScript = """
        exec 3<"$1" || exit 66
        echo "size $(stat -L -c %s /proc/self/fd/3)" >&2
        sha256sum < /proc/self/fd/3 | sed 's/^/digest /' >&2 &
        cat <&3
        wait
        """;

    /// <summary>Some ask for a dump by replication, which has no file: that goes through this machine.</summary>
    public bool IsPossible => link.IsOpen && SnapshotProcedure.Choose(source.Redis).Method == SnapshotMethod.BackgroundSave;

    public static HostCommand ReadCommand(FileRoute route) => route.Run(HostCommand.ReadingScript(ReadScript, route.Root));

    /// <param name="receive">Writes its standard input to the new server's disk, and prints the digest of what it finds there.</param>
    /// <returns>Bytes of the dump; null where it has to go through this machine.</returns>
    public async Task<long?> TrySendAsync(HostCommand receive, CancellationToken cancellationToken)
    {
        if (!IsPossible)
            return null;
        using (reporter.Begin($"snapshot of {source.Redis.Endpoint.Name}"))
            if (await SnapshotProcedure.SaveAsync(old, source.Redis, request.Snapshot.RedisSaveTimeout, cancellationToken) is not null)
                return null;
        if (await FindRouteAsync(cancellationToken) is not { } route)
            return null;
        using var phase = reporter.Begin("sending the dataset straight", source.Redis.UsedMemory);
        if (await link.TrySendAsync("the dataset", link.FastCodec, ReadCommand(route), default, receive, phase, cancellationToken) is not { } answer)
            return null;
        var read = answer.Errors.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length >= 2).ToLookup(words => words[0], words => words[1]);
        if (answer.Read == 0 && read["digest"].LastOrDefault() is { Length: 64 } digest && answer.Said.Split('\n').Contains(digest)
            && long.TryParse(read["size"].LastOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            return size;
        link.Close($"the dataset that came straight is not the one that {old.Name} has ({answer.Why})");
        return null;
    }

    /// <summary>The first way that may read the dump.</summary>
    private async Task<FileRoute?> FindRouteAsync(CancellationToken cancellationToken)
    {
        foreach (var route in source.Deployment.DumpRoutes)
            if ((await old.RunAsync(route.Run(HostCommand.ReadingScript("""[ -r "$1" ]""", route.Root)), cancellationToken)).Succeeded)
                return route;
        return null;
    }
}
