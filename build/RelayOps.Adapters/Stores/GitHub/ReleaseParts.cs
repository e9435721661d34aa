using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Core;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>One asset of a backup's archive.</summary>
/// <param name="Offset">Of its first byte in the archive.</param>
internal sealed record ReleasePart(string Name, long Offset, long SizeBytes, string Sha256)
{
    [JsonIgnore]
    public NewAsset Asset => new(Name, SizeBytes, Sha256);
}

/// <summary>How an archive is cut into assets: GitHub takes less than 2 GiB each.</summary>
internal static class ReleaseParts
{
    /// <summary>1.9 GiB.</summary>
    public const long LargestPart = (long)(1.9 * (1L << 30));

    /// <summary>Reads the archive once and tells every part's checksum.</summary>
    /// <param name="recorded">Of the whole archive.</param>
    /// <exception cref="RelayOpsException">The archive is not what was recorded (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static async Task<IReadOnlyList<ReleasePart>> MeasureAsync(
        Stream archive, string name, (long SizeBytes, string Sha256) recorded, long largest, CancellationToken cancellationToken)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var parts = new List<ReleasePart>();
        foreach (var planned in ArchiveParts.Cut(name, recorded.SizeBytes, largest))
        {
            using var part = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var size = await HashAsync(new BoundedStream(archive, planned.Size), [whole, part], cancellationToken);
            parts.Add(new ReleasePart(planned.Name, planned.Offset, size, Convert.ToHexStringLower(part.GetHashAndReset())));
        }

        var surplus = await archive.ReadAsync(new byte[1], cancellationToken);
        if (surplus > 0 || parts.Sum(part => part.SizeBytes) != recorded.SizeBytes || Convert.ToHexStringLower(whole.GetHashAndReset()) != recorded.Sha256)
            throw new RelayOpsException($"the archive '{name}' is not copied", "it is not what its catalogue record says: size or sha256 differ", "run Verify on it",
                ExitStatus.BadBackup);
        return parts;
    }

    private static async Task<long> HashAsync(Stream stream, IncrementalHash[] hashes, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        long total = 0;
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            foreach (var hash in hashes)
                hash.AppendData(buffer, 0, read);
            total += read;
        }

        return total;
    }
}

/// <summary>The manifest of parts, which a release's text holds.</summary>
internal static class PartsJson
{
    public static string Write(IReadOnlyList<ReleasePart> parts) => JsonSerializer.Serialize([.. parts], PartsContext.Default.ReleasePartArray);

    public static IReadOnlyList<ReleasePart>? Find(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, PartsContext.Default.ReleasePartArray);
        }
        catch (JsonException)
        {
            // Somebody edited the text: the assets themselves have to do.
            return null;
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ReleasePart[]))]
internal sealed partial class PartsContext : JsonSerializerContext;
