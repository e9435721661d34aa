using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>Artifacts, incidents and setup with GitHub's own description between client and server, and that it is one who objects.</summary>
[Collection(ByDescription.Name)]
public sealed class DescribedGitHubTests : IDisposable
{
    private static readonly BackupId Id = BackupId.Get("20250805_142530");

    private readonly DescribedGitHub github;
    private readonly GitHubScene scene;

    public DescribedGitHubTests(DescribedGitHub github)
    {
        this.github = github;
        scene = new GitHubScene(github.Anew());
    }

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task Artifacts_are_listed_opened_and_deleted_by_the_description()
    {
        var content = "an archive"u8.ToArray();
        var record = GitHubRecords.Of(Id, content);
        Upload(record.Archive, content);
        Upload("claude-relay-backup-20250805_142530.json", CatalogueJson.Write(record));
        using var store = new ArtifactStore(scene.Connection(), allowPlaintext: true, scene.Reporter);

        await store.RequireAdmissionAsync(isEncrypted: false, CancellationToken.None);
        var backup = Assert.Single(await store.ListAsync(CancellationToken.None));
        await using (var stream = await store.OpenAsync(backup, CancellationToken.None))
            Assert.Equal(record.Sha256, await GitHubScene.HashAsync(stream));
        await store.DeleteAsync(backup, CancellationToken.None);

        Assert.Equal(CatalogueJson.Write(record), CatalogueJson.Write(backup.Record!));
        Assert.Empty(github.Server.Artifacts);
        github.RequireNoViolations();
    }

    [Fact]
    public async Task Incident_is_opened_updated_and_closed_by_the_description()
    {
        var failed = new OperationReport
        {
            Operation = "Backup",
            StartedAt = Id.Time,
            Seconds = 1,
            ExitStatus = 1,
            Verdict = "failed",
            Error = new ReportedError("what", "why", "next"),
        };
        using var incident = new GitHubIncident(scene.Connection(), new IncidentContext("Backup", RunAddress: null, IsScheduled: true));

        foreach (var report in new[] { failed, failed, failed with { ExitStatus = 0, Error = null } })
            Assert.Null(await incident.TellAsync(report, CancellationToken.None));

        Assert.Equal("closed", Assert.Single(github.Server.Issues).State);
        github.RequireNoViolations();
    }

    [Fact]
    public async Task Environment_is_made_once_by_the_description()
    {
        using var setup = new GitHubSetup(scene.Connection());

        await setup.CreateEnvironmentAsync("production", CancellationToken.None);
        await setup.CreateEnvironmentAsync("production", CancellationToken.None);

        Assert.Equal("production", Assert.Single(github.Server.Environments));
        Assert.Equal(["main"], github.Server.DeploymentBranches["production"]);
        github.RequireNoViolations();
    }

    [Fact]
    public async Task Environment_that_somebody_made_stays_as_it_is()
    {
        github.Server.Environments.Add("production");
        github.Server.Environments.Add("chosen");
        github.Server.DeploymentBranches["chosen"] = ["release"];
        using var setup = new GitHubSetup(scene.Connection());

        await setup.CreateEnvironmentAsync("production", CancellationToken.None);
        await setup.CreateEnvironmentAsync("chosen", CancellationToken.None);

        Assert.Equal(["release"], Assert.Single(github.Server.DeploymentBranches).Value);
        Assert.All(github.Server.Requests, request => Assert.StartsWith("GET", request, StringComparison.Ordinal));
        github.RequireNoViolations();
    }

    [Fact]
    public async Task Repository_is_looked_at_by_the_description()
    {
        github.Server.Workflows[".github/workflows/backup.yml"] = "disabled_inactivity";
        using var look = new GitHubLook(scene.Connection());

        var facts = await look.TakeAsync(hasStore: true, isEncrypting: false, allowsPlaintext: false, CancellationToken.None);

        Assert.Equal((RepositoryVisibility.Private, true), (facts.Exposure.Visibility, facts.CanWrite));
        Assert.Equal("disabled_inactivity", facts.Workflows![".github/workflows/backup.yml"]);
        github.RequireNoViolations();
    }

    [Theory]
    [InlineData("visibility", "7")]
    [InlineData("owner", "null")]
    [InlineData("misspelt", "true")]
    public async Task Prism_objects_to_an_answer_that_is_not_GitHubs(string member, string value)
    {
        github.Server.Fail(new Fault("GET /repos/o/r", (context, _) =>
        {
            var repository = github.Server.RepositoryJson(7);
            repository[member] = JsonNode.Parse(value);
            FakeGitHub.Send(context.Response, 200, repository);
            return Task.FromResult(true);
        }));

        Assert.Equal(500, await SendAsync(HttpMethod.Get, "repos/o/r", null));
    }

    [Theory]
    [InlineData("""{ "name": "a release without its tag" }""")]
    [InlineData("""{ "tag_name": "v1", "make_latest": "perhaps" }""")]
    [InlineData("""{ "tag_name": "v1", "misspelt": true }""")]
    public async Task Prism_objects_to_a_request_that_is_none_of_GitHubs(string body)
    {
        Assert.Equal(422, await SendAsync(HttpMethod.Post, "repos/o/r/releases", body));
        Assert.Empty(github.Server.Requests);
    }

    [Fact]
    public async Task Prism_objects_to_a_path_that_GitHub_lacks() => Assert.Equal(404, await SendAsync(HttpMethod.Get, "repos/o/r/release", null));

    private async Task<int> SendAsync(HttpMethod method, string path, string? body)
    {
        using var http = new HttpClient { BaseAddress = github.Server.PublicUrl };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", github.Server.Token);
        using var answer = await http.SendAsync(request);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (int)answer.StatusCode;
    }

    private void Upload(string name, byte[] content) => github.Server.Artifacts.Add(new FakeArtifact
    {
        Name = name,
        Content = content,
        Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)),
        RunId = 5,
    });
}
