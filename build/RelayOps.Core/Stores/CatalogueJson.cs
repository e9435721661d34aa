using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Stores;

/// <summary>Writes and reads catalogue records: indented, camelCase, properties in the record's own order, so that equal records are equal files.</summary>
public static class CatalogueJson
{
    /// <summary>A record is a few KiB; what is larger is none, and is not read.</summary>
    public const int MaximumBytes = 1 << 20;

    public static byte[] Write(CatalogueRecord record) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(record, CatalogueContext.Default.CatalogueRecord), (byte)'\n'];

    /// <exception cref="RelayOpsException">No record, or one of a newer format (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static CatalogueRecord Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var record = JsonSerializer.Deserialize(json, CatalogueContext.Default.CatalogueRecord)
                ?? throw new JsonException("it is null");
            if (record.Format > CatalogueRecord.CurrentFormat)
                throw Unreadable($"its format {record.Format} is newer than this version knows", "use the newer version that wrote it");
            if (record.Warnings.IsDefault)
                record = record with { Warnings = [] };
            return IsWhole(record) ? record : throw new JsonException("a name, size or checksum in it is empty or impossible");
        }
        catch (JsonException e)
        {
            throw Unreadable(e.Message, "run Verify, which needs only the archive", e);
        }
    }

    private static bool IsWhole(CatalogueRecord record) =>
        record.Format >= 1 && Backups.BackupId.Find(record.BackupId) is not null && record.Archive is { Length: > 0 }
        && record.SizeBytes >= 0 && record.ContentBytes >= 0 && record.Keys is not < 0 && record.Server is { Id: not null, Name: not null }
        && record.Sha256 is { Length: 64 } sha256 && sha256.All(char.IsAsciiHexDigitLower);

    private static RelayOpsException Unreadable(string why, string next, Exception? inner = null) =>
        new("a catalogue record cannot be read", why, next, ExitStatus.BadBackup, inner);
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, MaxDepth = 16,
    Converters = [typeof(LevelConverter)])]
[JsonSerializable(typeof(CatalogueRecord))]
internal sealed partial class CatalogueContext : JsonSerializerContext;

internal sealed class LevelConverter() : JsonStringEnumConverter<VerificationLevel>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
