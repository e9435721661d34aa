using System.Text.Json;

namespace RelayOps.Core.Backups;

/// <summary>Reads the <c>format</c> number of our JSON before anything else, so that a newer file is told from a damaged one.</summary>
internal static class FormatCheck
{
    public static void Require(ReadOnlySpan<byte> json, int newest, string what)
    {
        int? format;
        try
        {
            format = Find(json);
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Malformed(what, exception);
        }

        if (format is null or < 1)
            throw Malformed(what, null);
        if (format > newest)
            throw new RelayOpsException($"cannot read {what}", $"it has format {format}, this version knows formats up to {newest}",
                "use the version of RelayOps that wrote it, or a newer one", ExitStatus.BadBackup);
    }

    /// <summary>What System.Text.Json throws at input that is not what it should be.</summary>
    public static bool IsMalformed(Exception exception) =>
        exception is JsonException or InvalidOperationException or ArgumentException or FormatException or NotSupportedException;

    public static RelayOpsException Malformed(string what, Exception? inner) => new(
        $"cannot read {what}", inner is JsonException { Message: var message } ? message : "it does not have the form it must have",
        "use another backup", ExitStatus.BadBackup, inner);

    private static int? Find(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("format"u8);
            reader.Read();
            if (found)
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var format) ? format : null;
            reader.Skip();
        }

        return null;
    }
}
