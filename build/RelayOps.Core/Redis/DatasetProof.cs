using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Redis;

/// <summary>What a Redis holds: how many keys of what kind, and a digest of those that it holds for good.</summary>
/// <param name="Digest">Null where it runs no scripts (a renamed EVAL).</param>
public sealed record DatasetProof(DatasetCounts Counts, DatasetDigest? Digest)
{
    private const string Divider = "---";

    /// <summary>Both in one round trip, once it has loaded its data.</summary>
    /// <param name="limit">How long it may load.</param>
    public static HostCommand Command(RedisEndpoint endpoint, TimeSpan limit) => endpoint.Route.Run(
        KeyCensus.CommandInside(endpoint, inService: false, limit).Then(HostCommand.Reading("echo", Divider)).Then(DatasetDigest.CommandInside(endpoint)));

    /// <summary>Each of the two scripts takes a line of its own.</summary>
    internal static ReadOnlyMemory<byte> Credentials(RedisServer redis) => (byte[])[.. redis.Credentials.Span, .. redis.Credentials.Span];

    /// <exception cref="RelayOpsException">Redis did not answer.</exception>
    public static async Task<DatasetProof> TakeAsync(IHost host, RedisServer redis, TimeSpan limit, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(Command(redis.Endpoint, limit), Credentials(redis), cancellationToken);
        return result.Succeeded ? Parse(result.Output) : throw new RelayOpsException(
            $"{redis.Endpoint.Name} does not tell what it holds", FirstLine.Of(result.Exit.Error), "look at its log");
    }

    public static DatasetProof Parse(string output)
    {
        var at = output.IndexOf(Divider + "\n", StringComparison.Ordinal);
        return new DatasetProof(KeyCensus.Parse(output[..at]), DatasetDigest.Parse(output[(at + Divider.Length)..]));
    }

    /// <summary>The first difference of what is held for good, or null.</summary>
    public string? FindDifference(DatasetDigest expected) => Digest is null ? "it runs no scripts, and the old one does" : expected.FindDifference(Digest);
}
