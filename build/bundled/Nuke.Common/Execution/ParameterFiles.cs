using System.Reflection;
using System.Text.Json;
using Nuke.Common.IO;
using Nuke.Common.Utilities;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Execution;

/// <summary><c>.nuke/parameters.json</c> and the profiles that the user chose; a later profile wins over an earlier one.</summary>
internal sealed class ParameterFiles(Type buildType, IReadOnlyList<string> profiles)
{
    private const string DefaultProfile = "$default";

    private static readonly JsonDocumentOptions Tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Lazy<List<(string Profile, JsonElement Content)>> _files = new(() => Read(profiles));

    public object Find(string name, Type type)
    {
        foreach (var (profile, content) in _files.Value)
        {
            if (content.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                return Convert(name, value, type, profile);
        }

        return null;
    }

    private static List<(string Profile, JsonElement Content)> Read(IReadOnlyList<string> profiles)
    {
        var directory = NukeBuild.RootDirectory / ".nuke";
        var files = new List<(string, JsonElement)>();
        foreach (var profile in profiles.Reverse())
            files.Add((profile, Parse(directory / $"parameters.{profile}.json")));
        if (File.Exists(directory / "parameters.json"))
            files.Add((DefaultProfile, Parse(directory / "parameters.json")));
        return files;
    }

    private static JsonElement Parse(AbsolutePath file)
    {
        if (!File.Exists(file))
            throw new InvalidOperationException($"File '{file}' does not exist");

        using var stream = File.OpenRead(file);
        using var document = JsonDocument.Parse(stream, Tolerant);
        return document.RootElement.Clone();
    }

    private object Convert(string name, JsonElement value, Type type, string profile)
    {
        var member = ValueInjector.ParametersOf(buildType, includeUnlisted: true)
            .FirstOrDefault(candidate => ParameterService.NameOf(candidate).Equals(name, StringComparison.OrdinalIgnoreCase));
        if (member is not null && Members.TypeOf(member) == typeof(AbsolutePath))
            return RelativeToRoot(value.GetString());
        if (member?.IsDefined(typeof(SecretAttribute)) == true)
            return Secrets.Decrypt(value.GetString(), profile, name);
        if (value.ValueKind == JsonValueKind.Array != type.IsArray)
            throw new InvalidOperationException($"Value of '{name}' cannot be converted to '{type.Name}'");

        return type.IsArray
            ? Conversion.Convert(value.EnumerateArray().Select(Text).ToArray(), type, separator: null, flag: false)
            : Conversion.ConvertOne(Text(value), type);
    }

    /// <summary>Paths in a file are the repository's, paths on the command line are the caller's.</summary>
    private static AbsolutePath RelativeToRoot(string path) =>
        PathConstruction.HasPathRoot(path) ? AbsolutePath.Create(path) : NukeBuild.RootDirectory / path;

    private static string Text(JsonElement value) => value.ToString();
}
