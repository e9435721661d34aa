using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Nuke.Common;

/// <summary>
/// The JSON schema that editors use for <c>.nuke/parameters.json</c>, letter for letter as NUKE writes it at each local run:
/// otherwise the file would change with the dependencies.
/// </summary>
internal static class BuildSchema
{
    private static readonly string[] Hosts =
    [
        "AppVeyor", "AzurePipelines", "Bamboo", "Bitbucket", "Bitrise", "GitHubActions", "GitLab", "Jenkins", "Rider", "SpaceAutomation", "TeamCity", "Terminal",
        "TravisCI", "VSCode", "VisualStudio",
    ];

    public static string Of(Type buildType)
    {
        var surface = BuildSurface.Of(buildType);
        var own = surface.Parameters.Where(parameter => !parameter.IsOfNuke).OrderBy(parameter => parameter.Name, StringComparer.Ordinal).ToList();
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "http://json-schema.org/draft-04/schema#");
            writer.WriteStartObject("definitions");
            foreach (var type in own.Select(parameter => parameter.Type).Where(type => type.IsEnum).Distinct())
                WriteEnum(writer, type.Name, Enum.GetNames(type), isDescribed: true);
            WriteEnum(writer, "Host", Hosts, isDescribed: false);
            WriteEnum(writer, "ExecutableTarget", surface.Targets.Order(StringComparer.Ordinal), isDescribed: false);
            WriteEnum(writer, "Verbosity", Enum.GetNames<Verbosity>(), isDescribed: true);
            writer.WriteStartObject("NukeBuild");
            WriteProperties(writer, ParametersOfNuke());
            writer.WriteEndObject();
            writer.WriteEndObject();

            writer.WriteStartArray("allOf");
            writer.WriteStartObject();
            if (own.Count > 0)
                WriteProperties(writer, own);
            writer.WriteEndObject();
            writer.WriteStartObject();
            writer.WriteString("$ref", "#/definitions/NukeBuild");
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>All of NUKE's, also the one that the stand-in leaves out.</summary>
    private static IEnumerable<Parameter> ParametersOfNuke()
    {
        var partition = new Parameter
        {
            Name = "Partition",
            DashedName = "partition",
            Type = typeof(string),
            IsArray = false,
            IsSecret = false,
            IsOfNuke = true,
            Description = "Partition to use on CI",
        };
        return BuildSurface.Of(typeof(NukeBuild)).Parameters
            .Where(parameter => parameter.Description is not null && parameter.Name != partition.Name)
            .Append(partition)
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal);
    }

    private static void WriteEnum(Utf8JsonWriter writer, string name, IEnumerable<string> values, bool isDescribed)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type", "string");
        if (isDescribed)
            writer.WriteString("description", string.Empty);
        writer.WriteStartArray("enum");
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter writer, IEnumerable<Parameter> parameters)
    {
        writer.WriteStartObject("properties");
        foreach (var parameter in parameters)
        {
            writer.WriteStartObject(parameter.Name);
            var reference = ReferenceOf(parameter);
            if (parameter.IsArray || reference is null)
                writer.WriteString("type", parameter.IsArray ? "array" : TypeOf(parameter.Type));
            if (parameter.Description is { } description)
                writer.WriteString("description", description);
            if (parameter.IsSecretOfNuke)
                writer.WriteString("default", "Secrets must be entered via 'nuke :secrets [profile]'");
            WriteRest(writer, parameter, reference);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteRest(Utf8JsonWriter writer, Parameter parameter, string? reference)
    {
        if (parameter.IsArray)
        {
            writer.WriteStartObject("items");
            writer.WriteString(reference is null ? "type" : "$ref", reference ?? TypeOf(parameter.Type));
            writer.WriteEndObject();
        }
        else if (reference is not null)
        {
            writer.WriteString("$ref", reference);
        }
        else if (parameter.Type == typeof(int) || parameter.Type == typeof(long))
        {
            writer.WriteString("format", parameter.Type == typeof(int) ? "int32" : "int64");
        }
    }

    private static string? ReferenceOf(Parameter parameter) => parameter switch
    {
        { NamesTargets: true } => "#/definitions/ExecutableTarget",
        _ when parameter.Type == typeof(Host) => "#/definitions/Host",
        _ when parameter.Type.IsEnum => $"#/definitions/{parameter.Type.Name}",
        _ => null,
    };

    private static string TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "boolean",
        TypeCode.Int32 or TypeCode.Int64 => "integer",
        TypeCode.Double => "number",
        _ => "string",
    };
}
