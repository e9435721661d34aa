using System.Security.Cryptography;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

public class GitHubArtifactStoreTests : IDisposable
{
    private static readonly BackupId Id = BackupId.Get("20250805_142530");

    private readonly GitHubScene scene = new();
    private ArtifactStore? opened;
    private readonly byte[] content = GitHubScene.Bytes(500_000);

    private ArtifactStore Store => opened ??= new ArtifactStore(scene.Connection(), allowPlaintext: false, scene.Reporter, Connect(scene.Connection()));

    private protected virtual IGitHubArtifacts Connect(GitHubConnection connection) => new RestArtifacts(new GitHubRestClient(connection));

    private CatalogueRecord Record => GitHubRecords.Of(Id, content);

    public void Dispose()
    {
        opened?.Dispose();
        scene.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ListAsync_finds_archive_and_record_across_runs()
    {
        Upload(Artifact() with { RunId = 5 });
        Upload(Artifact("claude-relay-backup-20250801_000000.tar.gz") with { RunId = 4 });
        Upload(new Uploaded("claude-relay-backup-20250805_142530.json", CatalogueJson.Write(Record)) { RunId = 5 });

        var listed = await Store.ListAsync(CancellationToken.None);

        Assert.Equal(["20250805_142530", "20250801_000000"], listed.Select(backup => backup.Id.ToString()));
        Assert.Equal(CatalogueJson.Write(Record), CatalogueJson.Write(listed[0].Record!));
        Assert.Equal((content.LongLength, Record.Sha256), (listed[0].SizeBytes, listed[0].Sha256));
        Assert.Null(listed[1].Record);
        Assert.All(listed, backup => Assert.Equal(new DateTimeOffset(2025, 11, 3, 14, 30, 0, TimeSpan.Zero), backup.ExpiresAt));
    }

    [Fact]
    public async Task OpenAsync_returns_every_byte()
    {
        Upload(Artifact());

        await using var stream = await Store.OpenAsync(Assert.Single(await Store.ListAsync(CancellationToken.None)), CancellationToken.None);

        Assert.Equal(Record.Sha256, await GitHubScene.HashAsync(stream));
    }

    [Fact]
    public async Task OpenAsync_ends_in_exit_4_when_the_digest_is_another()
    {
        Upload(Artifact());
        var backup = Assert.Single(await Store.ListAsync(CancellationToken.None));
        scene.Server.Artifacts[0].Content[7] ^= 1;

        await using var stream = await Store.OpenAsync(backup, CancellationToken.None);
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => stream.CopyToAsync(Stream.Null));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    [Fact]
    public async Task OpenAsync_ends_in_exit_4_when_the_artifact_expired()
    {
        Upload(Artifact() with { Expired = true });
        var backup = new StoredBackup { Id = Id, Store = "artifact", Archive = Record.Archive, Location = "", SizeBytes = 1 };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.OpenAsync(backup, CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Empty(await Store.ListAsync(CancellationToken.None));
    }

    public static TheoryData<string> Untrusted => ["a fork", "another workflow", "another branch", "a pull request"];

    [Theory]
    [MemberData(nameof(Untrusted))]
    public async Task ListAsync_leaves_out_and_names_what_was_uploaded_by(string whom)
    {
        Upload(whom switch
        {
            "a fork" => Artifact() with { HeadRepository = 8 },
            "another workflow" => Artifact() with { Workflow = ".github/workflows/ci.yml@main" },
            "another branch" => Artifact() with { Branch = "feature" },
            _ => Artifact() with { Event = "pull_request" },
        });

        Assert.Empty(await Store.ListAsync(CancellationToken.None));
        Assert.Contains(Record.Archive, Assert.Single(scene.Reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsync_trusts_a_run_whose_workflow_is_named_with_its_branch()
    {
        Upload(Artifact() with { Workflow = ".github/workflows/backup.yml@refs/heads/main", Event = "workflow_dispatch" });

        Assert.Single(await Store.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ListAsync_takes_no_record_from_another_run()
    {
        Upload(Artifact() with { RunId = 5 });
        Upload(new Uploaded("claude-relay-backup-20250805_142530.json", CatalogueJson.Write(Record)) { RunId = 6 });

        Assert.Null(Assert.Single(await Store.ListAsync(CancellationToken.None)).Record);
    }

    [Fact]
    public async Task DeleteAsync_removes_archive_and_record()
    {
        Upload(Artifact() with { RunId = 5 });
        Upload(new Uploaded("claude-relay-backup-20250805_142530.json", CatalogueJson.Write(Record)) { RunId = 5 });

        await Store.DeleteAsync(Assert.Single(await Store.ListAsync(CancellationToken.None)), CancellationToken.None);

        Assert.Empty(scene.Server.Artifacts);
    }

    [Fact]
    public async Task SaveRecordAsync_refuses_a_pin_that_github_would_not_honour()
    {
        Upload(Artifact());
        var backup = Assert.Single(await Store.ListAsync(CancellationToken.None));

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.SaveRecordAsync(backup, Record with { Pinned = true }, CancellationToken.None));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    [Fact]
    public async Task RequireAdmissionAsync_refuses_plaintext_before_a_backup_is_made()
    {
        scene.Server.Visibility = "public";

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.RequireAdmissionAsync(isEncrypted: false, CancellationToken.None));
        await Store.RequireAdmissionAsync(isEncrypted: true, CancellationToken.None);

        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    private Uploaded Artifact(string? name = null) => new(name ?? Record.Archive, content);

    private void Upload(Uploaded uploaded) => scene.Server.Artifacts.Add(new FakeArtifact
    {
        Name = uploaded.Name,
        Content = [.. uploaded.Content],
        Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(uploaded.Content)),
        RunId = uploaded.RunId,
        Workflow = uploaded.Workflow,
        Event = uploaded.Event,
        Branch = uploaded.Branch,
        HeadRepository = uploaded.HeadRepository,
        Expired = uploaded.Expired,
    });

    /// <summary>What some run uploaded; unless said otherwise, the scheduled backup.</summary>
    private sealed record Uploaded(string Name, byte[] Content)
    {
        public long RunId { get; init; } = 5;

        public string Workflow { get; init; } = ".github/workflows/backup.yml";

        public string Event { get; init; } = "schedule";

        public string Branch { get; init; } = "main";

        public long HeadRepository { get; init; } = 7;

        public bool Expired { get; init; }
    }
}
