using System.Text.Json;

namespace RelayOps.Core.Backups;

/// <summary><c>claude-relay-backup-&lt;id&gt;.json</c> as bytes.</summary>
public static class CatalogueJson
{
    public static byte[] Write(CatalogueRecord record) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(record, RelayOpsJson.Instance.CatalogueRecord), (byte)'\n'];

    /// <exception cref="RelayOpsException">It is no catalogue record, or a newer one (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static CatalogueRecord Read(ReadOnlySpan<byte> json)
    {
        FormatCheck.Require(json, CatalogueRecord.CurrentFormat, "the catalogue record");
        CatalogueRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(json, RelayOpsJson.Instance.CatalogueRecord);
        }
        catch (Exception exception) when (FormatCheck.IsMalformed(exception))
        {
            throw FormatCheck.Malformed("the catalogue record", exception);
        }

        if (record is null || (!record.Warnings.IsDefault && record.Warnings.Any(warning => warning is null)))
            throw FormatCheck.Malformed("the catalogue record", null);
        return record.Warnings.IsDefault ? record with { Warnings = [] } : record;
    }
}
