using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

/// <summary>
/// The JSON schema of a profile: NUKE's own with our value sets, and nothing beside our parameters. A file of its own, since NUKE writes
/// <c>build.schema.json</c> anew at each local run.
/// </summary>
internal static class ProfileSchema
{
    public const string FileName = "profile.schema.json";

    private const string DurationPattern = @"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$";

    public static string Of(Type buildType)
    {
        var parameters = BuildSurface.Of(buildType).Parameters.Where(parameter => !parameter.IsOfNuke || parameter.Description is not null)
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "http://json-schema.org/draft-07/schema#");
            writer.WriteString("title", "A profile of RelayOps: .nuke/parameters.<name>.json, chosen with --profile <name>");
            writer.WriteString("type", "object");
            writer.WriteStartArray("allOf");
            writer.WriteStartObject();
            writer.WriteString("$ref", "build.schema.json");
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteStartObject("properties");
            writer.WriteStartObject("$schema");
            writer.WriteString("type", "string");
            writer.WriteEndObject();
            foreach (var parameter in parameters)
                Write(writer, parameter);
            writer.WriteEndObject();
            writer.WriteBoolean("additionalProperties", false);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, Parameter parameter)
    {
        writer.WriteStartObject(parameter.Name);
        if (parameter.Description is { } description)
            writer.WriteString("description", description);
        if (parameter is { OneOf: { } oneOf, IsArray: false })
            WriteValues(writer, oneOf);
        else if (parameter.IsDuration)
            writer.WriteString("pattern", DurationPattern);
        else if (parameter.IsSecretOfNuke)
            writer.WriteString("pattern", "^v1:");
        if (ExampleOf(parameter) is { } example)
        {
            writer.WriteStartArray("examples");
            writer.WriteStringValue(example);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter writer, OneOfAttribute oneOf)
    {
        if (oneOf.Separator is null && !oneOf.Values.Any(value => value.EndsWith(':')))
        {
            writer.WriteStartArray("enum");
            foreach (var value in oneOf.Values)
                writer.WriteStringValue(value);
            writer.WriteEndArray();
            return;
        }

        var one = $"({string.Join('|', oneOf.Values.Select(value => value.EndsWith(':') ? Regex.Escape(value) + "[^+]+" : Regex.Escape(value)))})";
        writer.WriteString("pattern", oneOf.Separator is { } separator ? $"^{one}({Regex.Escape(separator)}{one})*$" : $"^{one}$");
        writer.WriteStartArray("examples");
        foreach (var value in oneOf.Values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static string? ExampleOf(Parameter parameter) => parameter switch
    {
        { IsDuration: true } => "10m",
        { Name: "Server" } => "ubuntu@203.0.113.7",
        _ => null,
    };
}
