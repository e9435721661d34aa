using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>GitHub's own records, of which RelayOps reads these members: https://docs.github.com/en/rest</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepositoryJson))]
[JsonSerializable(typeof(ReleaseJson[]))]
[JsonSerializable(typeof(ReleaseJson))]
[JsonSerializable(typeof(AssetJson))]
[JsonSerializable(typeof(NewRelease))]
[JsonSerializable(typeof(ReleaseChange))]
[JsonSerializable(typeof(ArtifactsJson))]
[JsonSerializable(typeof(WorkflowRunJson))]
[JsonSerializable(typeof(WorkflowsJson))]
[JsonSerializable(typeof(RepositoryRightsJson))]
[JsonSerializable(typeof(EnvironmentJson))]
[JsonSerializable(typeof(EnvironmentChange))]
[JsonSerializable(typeof(BranchPoliciesJson))]
[JsonSerializable(typeof(NewBranchPolicy))]
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(IssueJson[]))]
[JsonSerializable(typeof(IssueJson))]
[JsonSerializable(typeof(NewIssue))]
[JsonSerializable(typeof(IssueChange))]
[JsonSerializable(typeof(NewComment))]
internal sealed partial class GitHubJson : JsonSerializerContext
{
    private static readonly string[] DetailNames = ["field", "code", "message"];

    public static HttpContent Content<T>(T value) =>
        new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, typeof(T), Default)) { Headers = { ContentType = new("application/json") } };

    /// <summary>What GitHub says went wrong; the text itself when it is no JSON.</summary>
    public static GitHubError Error(ReadOnlySpan<byte> body)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, Default.ErrorJson);
            var errors = error?.Errors is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().ToList() : [];
            var details = string.Join(", ", errors.Select(Detail).Where(text => text.Length > 0));
            return new GitHubError(details.Length > 0 ? $"{error!.Message}: {details}" : error?.Message ?? "", [.. errors.Select(FindCode).OfType<string>()]);
        }
        catch (JsonException)
        {
            return new GitHubError(Encoding.UTF8.GetString(body), []);
        }
    }

    private static string? FindCode(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String ? code.GetString() : null;

    private static string Detail(JsonElement error) => error.ValueKind != JsonValueKind.Object ? error.ToString()
        : string.Join(' ', DetailNames.Where(name => error.TryGetProperty(name, out _)).Select(name => error.GetProperty(name).ToString()));
}

/// <param name="Message">With its details, for people.</param>
/// <param name="Codes">E.g. <c>already_exists</c>: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed</param>
internal sealed record GitHubError(string Message, IReadOnlyList<string> Codes);

internal sealed record ErrorJson(string? Message, JsonElement? Errors);

internal sealed record RepositoryJson(long Id, string? Visibility, bool? Private, string? DefaultBranch);

internal sealed record RepositoryRightsJson(PermissionsJson? Permissions);

internal sealed record PermissionsJson(bool? Push);

internal sealed record WorkflowsJson(WorkflowJson[] Workflows);

internal sealed record WorkflowJson(string Path, string State);

internal sealed record ReleaseJson(
    long Id, string TagName, string? Name, string? Body, bool Draft, bool? Immutable, DateTimeOffset CreatedAt, string HtmlUrl, string UploadUrl, AssetJson[]? Assets);

internal sealed record AssetJson(long Id, string Name, string State, long Size, string? Digest);

internal sealed record NewRelease(string TagName, string Name, string Body, bool Draft, string MakeLatest);

internal sealed record ReleaseChange(string? Body = null, bool? Draft = null, string? MakeLatest = null);

/// <param name="DeploymentBranchPolicy">Null where every branch may deploy.</param>
internal sealed record EnvironmentJson(string Name, BranchPolicyJson? DeploymentBranchPolicy);

internal sealed record EnvironmentChange(BranchPolicyJson DeploymentBranchPolicy);

internal sealed record BranchPolicyJson(bool ProtectedBranches, bool CustomBranchPolicies);

internal sealed record BranchPoliciesJson(NewBranchPolicy[] BranchPolicies);

internal sealed record NewBranchPolicy(string Name);

internal sealed record ArtifactsJson(ArtifactJson[] Artifacts);

internal sealed record ArtifactJson(
    long Id, string Name, long SizeInBytes, bool Expired, string? Digest, DateTimeOffset? CreatedAt, DateTimeOffset? ExpiresAt, ArtifactRunJson? WorkflowRun);

internal sealed record ArtifactRunJson(long Id, long RepositoryId, long HeadRepositoryId, string? HeadBranch);

internal sealed record WorkflowRunJson(long Id, string? Path, string? Event, string? HeadBranch, RunRepositoryJson? Repository, RunRepositoryJson? HeadRepository);

internal sealed record RunRepositoryJson(long Id);

internal sealed record IssueJson(int Number, string Title, string State, string? Body, JsonElement? PullRequest);

internal sealed record NewIssue(string Title, string Body);

internal sealed record IssueChange(string? State = null, string? Body = null);

internal sealed record NewComment(string Body);
