using System.Text.Json;

namespace RelayOps.Core.Operations.Restore;

/// <summary><c>data/init.json</c>, which the service wrote at its first start.</summary>
internal static class InitialSettings
{
    public static string? Find(string text, string member)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(member, out var value)
                && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null; // The service makes it anew when it cannot read it.
        }
    }
}
