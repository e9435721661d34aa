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

    private const string Suffix = ".part";

    /// <summary>Reads the archive once and tells every part's checksum.</summary>
    /// <param name="recorded">Of the whole archive.</param>
    /// <exception cref="RelayOpsException">The archive is not what was recorded (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static async Task<IReadOnlyList<ReleasePart>> MeasureAsync(
        Stream archive, string name, (long SizeBytes, string Sha256) recorded, long largest, CancellationToken cancellationToken)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var parts = new List<ReleasePart>();
        foreach (var (asset, offset, planned) in Cut(name, recorded.SizeBytes, largest))
        {
            using var part = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var size = await HashAsync(new BoundedStream(archive, planned), [whole, part], cancellationToken);
            parts.Add(new ReleasePart(asset, offset, size, Convert.ToHexStringLower(part.GetHashAndReset())));
        }

        var surplus = await archive.ReadAsync(new byte[1], cancellationToken);
        if (surplus > 0 || parts.Sum(part => part.SizeBytes) != recorded.SizeBytes || Convert.ToHexStringLower(whole.GetHashAndReset()) != recorded.Sha256)
            throw new RelayOpsException($"the archive '{name}' is not copied", "it is not what its catalogue record says: size or sha256 differ", "run Verify on it",
                ExitStatus.BadBackup);
        return parts;
    }

    /// <summary>Under its own name when it fits into one asset; else into parts as large as may be, and the rest.</summary>
    public static IEnumerable<(string Name, long Offset, long SizeBytes)> Cut(string name, long size, long largest)
    {
        for (var (offset, number) = (0L, 1); offset < size || number == 1; (offset, number) = (offset + largest, number + 1))
            yield return (size > largest ? NameOf(name, number) : name, offset, Math.Min(largest, size - offset));
    }

    /// <summary><c>x.tar.gz.part001</c>, so that <c>cat x.tar.gz.part*</c> puts them together.</summary>
    public static string NameOf(string archive, int number) => $"{archive}{Suffix}{number:000}";

    /// <summary>The archive that an asset is, or is a part of; null when it is neither.</summary>
    public static string? ArchiveOf(string asset) =>
        asset.LastIndexOf(Suffix, StringComparison.Ordinal) is var at and > 0 && asset[(at + Suffix.Length)..] is { Length: 3 } number && number.All(char.IsAsciiDigit)
            ? asset[..at]
            : asset;

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
