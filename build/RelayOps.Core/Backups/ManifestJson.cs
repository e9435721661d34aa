using System.Text.Json;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Backups;

/// <summary><c>manifest.json</c> as bytes.</summary>
public static class ManifestJson
{
    /// <summary>No honest manifest is larger: 200 bytes a file.</summary>
    public const int LongestBytes = 64 << 20;

    /// <summary>The same manifest always gives the same bytes: UTF-8, ending in a line feed.</summary>
    public static byte[] Write(Manifest manifest) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(manifest, RelayOpsJson.Instance.Manifest), (byte)'\n'];

    /// <exception cref="RelayOpsException">It is no manifest, or a newer one (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static Manifest Read(ReadOnlySpan<byte> json)
    {
        FormatCheck.Require(json, Manifest.CurrentFormat, "manifest.json");
        Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, RelayOpsJson.Instance.Manifest);
        }
        catch (Exception exception) when (FormatCheck.IsMalformed(exception))
        {
            throw FormatCheck.Malformed("manifest.json", exception);
        }

        return manifest is null ? throw FormatCheck.Malformed("manifest.json", null) : Complete(manifest);
    }

    /// <summary>The reader leaves absent arrays unset and lets nulls into present ones.</summary>
    private static Manifest Complete(Manifest manifest)
    {
        if (manifest.Entries.IsDefault || manifest.Entries.Any(entry => entry is null) || !Complete(manifest.Redis?.Counts))
            throw FormatCheck.Malformed("manifest.json", null);
        var complete = manifest with
        {
            Images = manifest.Images.IsDefault ? [] : manifest.Images,
            Skipped = manifest.Skipped.IsDefault ? [] : manifest.Skipped,
        };
        if (complete.Images.Any(image => image is null || image.RepoDigests.IsDefault || image.RepoDigests.Any(digest => digest is null))
            || complete.Skipped.Any(skipped => skipped is null))
            throw FormatCheck.Malformed("manifest.json", null);
        return complete;
    }

    private static bool Complete(DatasetCounts? counts) =>
        counts is null || counts.Databases.Values.All(database => database?.Prefixes is not null);
}
