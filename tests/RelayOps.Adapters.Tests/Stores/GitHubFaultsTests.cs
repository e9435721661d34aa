using System.Net;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>What goes wrong between here and GitHub, and that a backup arrives and comes back whole all the same, or not at all.</summary>
public partial class GitHubFaultsTests : IDisposable
{
    private const int Length = 3_000_001;
    private const string Upload = "POST /repos/o/r/releases/";

    private static readonly BackupId Id = BackupId.Get("20250805_142530");

    private readonly GitHubScene scene = new();
    private readonly byte[] content = GitHubScene.Bytes(Length);

    private FakeGitHub Server => scene.Server;

    public void Dispose()
    {
        scene.Dispose();
        GC.SuppressFinalize(this);
    }

    public static TheoryData<string> UploadFaults => ["500", "502 in mid-body", "connection lost", "answer lost", "403 with retry-after", "secondary limit", "silence"];

    [Theory]
    [MemberData(nameof(UploadFaults))]
    public async Task PutAsync_gets_through_when_an_upload_meets(string fault)
    {
        Server.Fail(UploadFault(fault));
        using var store = Open(fault == "silence" ? TimeSpan.FromMilliseconds(500) : null);

        await PutAsync(store);

        var release = Assert.Single(Server.Releases);
        Assert.False(release.Draft);
        Assert.Equal(content, release.Assets.Single(asset => asset.Name.EndsWith(".gz", StringComparison.Ordinal)).Content);
        Assert.Equal(2, release.Assets.Count);
    }

    [Theory]
    [InlineData("GET /repos/o/r/releases", 500)]
    [InlineData("GET /repos/o/r/releases", 503)]
    [InlineData("PATCH /repos/o/r/releases", 502)]
    [InlineData("GET /repos/o/r", 502)]
    public async Task PutAsync_repeats_what_may_be_repeated(string where, int status)
    {
        Server.Fail(Fault.Status(where, status, "Server Error"));
        using var store = Open();

        await PutAsync(store);

        Assert.Equal(TimeSpan.FromSeconds(1), Assert.Single(scene.Waits));
    }

    [Fact]
    public async Task PutAsync_leaves_a_draft_that_the_next_run_finishes_when_github_stays_away()
    {
        for (var i = 0; i < 4; i++)
            Server.Fail(Fault.Status(Upload, 500, "Server Error"));
        using var store = Open();

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => PutAsync(store));

        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Empty(await store.ListAsync(CancellationToken.None));
        await PutAsync(store);
        Assert.Single(Server.Releases);
    }

    [Theory]
    [InlineData("retry-after", "42", 42)]
    [InlineData("x-ratelimit-reset", "1000000090", 91)]
    [InlineData("x-none", "", 60)]
    public async Task ListAsync_waits_as_long_as_github_asks(string header, string value, int seconds)
    {
        Server.Fail(new Fault("GET", (context, _) =>
        {
            context.Response.Headers["Date"] = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000).ToString("r");
            context.Response.Headers["x-ratelimit-remaining"] = header == "x-ratelimit-reset" ? "0" : "1";
            context.Response.Headers[header] = value;
            FakeGitHub.Send(context.Response, 403, new System.Text.Json.Nodes.JsonObject { ["message"] = "You have exceeded a secondary rate limit." });
            return Task.FromResult(true);
        }));
        using var store = Open();

        await store.ListAsync(CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(scene.Waits));
    }

    [Fact]
    public async Task ListAsync_gives_up_on_a_rate_limit_that_outlasts_the_run()
    {
        Server.Fail(Fault.Status("GET", 429, "rate limit", ("retry-after", "3600")));
        using var store = Open();

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.ListAsync(CancellationToken.None));

        Assert.Contains("rate limit", error.Why, StringComparison.Ordinal);
        Assert.Empty(scene.Waits);
    }

    [Theory]
    [InlineData(401, ExitStatus.NoConnection)]
    [InlineData(403, ExitStatus.WrongUse)]
    public async Task ListAsync_says_what_the_token_lacks_and_never_the_token(int status, ExitStatus expected)
    {
        Server.Fail(Fault.Status("GET", status, "Resource not accessible"));
        using var store = Open();

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.ListAsync(CancellationToken.None));

        Assert.Equal(expected, error.Status);
        Assert.Empty(scene.Waits);
        Assert.DoesNotContain(Server.Token, error.ToString() + error.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("silence")]
    [InlineData("500")]
    public async Task OpenAsync_reads_on_where_a_download_breaks(string fault)
    {
        using var store = Open(fault == "silence" ? TimeSpan.FromMilliseconds(500) : null);
        var put = await PutAsync(store);
        Server.Fail(fault == "500" ? Fault.Status("GET /storage", 500, "no") : new Fault("GET /storage", (context, stop) => HalfAsync(context, fault == "silence", stop)));

        await using var stream = await store.OpenAsync(put, CancellationToken.None);

        Assert.Equal(put.Sha256, await GitHubScene.HashAsync(stream));
    }

    [Fact]
    public async Task OpenAsync_ends_in_exit_4_when_the_bytes_are_not_those_that_were_stored()
    {
        using var store = Open();
        var put = await PutAsync(store);
        Server.Fail(new Fault("GET /storage", async (context, stop) =>
        {
            context.Response.ContentLength64 = Length;
            await context.Response.OutputStream.WriteAsync(new byte[Length], stop);
            return true;
        }));

        await using var stream = await store.OpenAsync(put, CancellationToken.None);
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => stream.CopyToAsync(Stream.Null));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains("damaged", error.What, StringComparison.Ordinal);
    }

    private async Task<bool> HalfAsync(HttpListenerContext context, bool thenSilence, CancellationToken stop)
    {
        context.Response.ContentLength64 = Length;
        await context.Response.OutputStream.WriteAsync(content.AsMemory(0, Length / 2), stop);
        await context.Response.OutputStream.FlushAsync(stop);
        if (thenSilence)
            await Task.Delay(Timeout.Infinite, stop);
        context.Response.Abort();
        return true;
    }

    private Fault UploadFault(string name) => name switch
    {
        "500" => Fault.Status(Upload, 500, "Server Error"),
        "502 in mid-body" => new Fault(Upload, async (context, stop) =>
        {
            await context.Request.InputStream.ReadExactlyAsync(new byte[Length / 2], stop);
            LeaveStarter(context);
            context.Response.StatusCode = 502;
            return true;
        }),
        "connection lost" => new Fault(Upload, async (context, stop) =>
        {
            await context.Request.InputStream.ReadExactlyAsync(new byte[Length / 2], stop);
            LeaveStarter(context);
            context.Response.Abort();
            return true;
        }),
        "answer lost" => new Fault(Upload, async (context, stop) =>
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body, stop);
            Server.Releases.Single().Assets.Add(new FakeAsset { Id = 5, Name = context.Request.QueryString["name"]!, Content = body.ToArray() });
            context.Response.Abort();
            return true;
        }),
        "403 with retry-after" => Fault.Status(Upload, 403, "slow down", ("Retry-After", "7")),
        "secondary limit" => Fault.Status(Upload, 403, "You have exceeded a secondary rate limit"),
        _ => Fault.Silence(Upload),
    };

    /// <summary>What GitHub keeps of an upload that broke off.</summary>
    private void LeaveStarter(HttpListenerContext context) =>
        Server.Releases.Single().Assets.Add(new FakeAsset { Id = 5, Name = context.Request.QueryString["name"]!, State = "starter" });

    private Task<StoredBackup> PutAsync(ReleaseStore store) =>
        store.PutAsync(GitHubScene.Source(GitHubRecords.Of(Id, content), content), CancellationToken.None);

    private protected virtual IGitHubReleases Connect(GitHubConnection connection) => new RestReleases(new GitHubRestClient(connection));

    private ReleaseStore Open(TimeSpan? stallTimeout = null, TimeProvider? time = null)
    {
        var connection = scene.Connection(stallTimeout: stallTimeout, time: time);
        return new ReleaseStore(connection, allowPlaintext: true, scene.Reporter, Connect(connection), 1L << 30);
    }
}
