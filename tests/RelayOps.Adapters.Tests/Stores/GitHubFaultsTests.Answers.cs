using System.Net;
using System.Text.Json.Nodes;
using RelayOps.Core;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>What GitHub answers that has a meaning of its own: that an asset is there already, and that it is asked too often.</summary>
public partial class GitHubFaultsTests
{
    private int UploadsOfTheArchive => Server.Requests.Count(request => request.StartsWith(Upload, StringComparison.Ordinal) && request.EndsWith(".gz", StringComparison.Ordinal));

    [Fact]
    public async Task PutAsync_takes_an_asset_that_is_there_whole_for_its_own_when_the_answer_was_lost_and_a_list_is_late()
    {
        Server.Fail(UploadFault("answer lost"));
        Server.Fail(LateList());
        using var store = Open();

        await PutAsync(store);

        RequireArchive(uploads: 2);
    }

    [Theory]
    [InlineData("connection lost")]
    [InlineData("damaged")]
    public async Task PutAsync_replaces_an_asset_that_is_there_and_not_whole(string left)
    {
        Server.Fail(left == "damaged" ? Keeping(body => body[..^1], answers: false) : UploadFault(left));
        Server.Fail(LateList());
        using var store = Open();

        await PutAsync(store);

        RequireArchive(uploads: 3);
    }

    [Fact]
    public async Task PutAsync_looks_once_more_when_the_last_attempt_is_told_that_the_asset_is_there()
    {
        for (var i = 0; i < 3; i++)
            Server.Fail(Fault.Status(Upload, 500, "Server Error"));
        Server.Fail(Keeping(body => body, answers: true));
        using var store = Open();

        await PutAsync(store);

        RequireArchive(uploads: 4);
    }

    [Fact]
    public async Task PutAsync_fails_in_words_when_an_asset_is_there_for_ever_and_never_seen()
    {
        for (var i = 0; i < 4; i++)
            Server.Fail(Keeping(body => null, answers: true));
        using var store = Open();

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => PutAsync(store));

        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Contains("does not show it", error.Why, StringComparison.Ordinal);
        Assert.True(Assert.Single(Server.Releases).Draft);
    }

    [Theory]
    [InlineData("custom", "is not allowed")]
    [InlineData("missing_field", "")]
    public async Task PutAsync_takes_no_other_refusal_for_an_asset_that_is_there(string code, string message)
    {
        Server.Fail(new Fault(Upload, (context, _) => Refuse(context, code, message)));
        using var store = Open();

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => PutAsync(store));

        Assert.Contains($"GitHub answered 422: Validation Failed: name {code} {message}".TrimEnd(), error.Why, StringComparison.Ordinal);
        Assert.Equal((ExitStatus.Failed, 1), (error.Status, UploadsOfTheArchive));
        Assert.Empty(scene.Waits);
    }

    [Theory]
    [InlineData("POST /repos/o/r/releases", "retry-after")]
    [InlineData("POST /repos/o/r/releases", "secondary")]
    [InlineData("POST /repos/o/r/releases", "secondary with retry-after")]
    [InlineData("POST /repos/o/r/releases", "too many")]
    [InlineData("POST /repos/o/r/releases", "used up")]
    [InlineData("PATCH /repos/o/r/releases", "retry-after")]
    [InlineData("PATCH /repos/o/r/releases", "secondary")]
    [InlineData("PATCH /repos/o/r/releases", "secondary with retry-after")]
    [InlineData("PATCH /repos/o/r/releases", "too many")]
    [InlineData("PATCH /repos/o/r/releases", "used up")]
    public async Task PutAsync_waits_as_long_as_github_asks_before_it_changes_anything(string where, string limit)
    {
        Server.Fail(Limit(where, limit));
        using var store = Open();

        await PutAsync(store);

        var waited = Assert.Single(scene.Waits);
        var (least, most) = limit switch { "secondary" => (60, 60), "used up" => (80, 91), _ => (42, 42) };
        Assert.InRange(waited.TotalSeconds, least, most);
        Assert.Equal((false, 1), (Assert.Single(Server.Releases).Draft, UploadsOfTheArchive));
    }

    [Theory]
    [InlineData("POST /repos/o/r/releases")]
    [InlineData("PATCH /repos/o/r/releases")]
    public async Task PutAsync_gives_up_on_a_limit_that_outlasts_the_run(string where)
    {
        Server.Fail(Fault.Status(where, 403, "You have exceeded a secondary rate limit", ("retry-after", "3600")));
        using var store = Open();

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => PutAsync(store));

        Assert.Contains("rate limit lasts another", error.Why, StringComparison.Ordinal);
        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Empty(scene.Waits);
    }

    /// <summary>It is there once, whole, after so many requests to take it.</summary>
    private void RequireArchive(int uploads)
    {
        var archive = Assert.Single(Server.Releases).Assets.Single(asset => asset.Name.EndsWith(".gz", StringComparison.Ordinal));
        Assert.Equal(content, archive.Content);
        Assert.Equal(("uploaded", uploads), (archive.State, UploadsOfTheArchive));
    }

    private static Fault Limit(string where, string limit) => limit switch
    {
        "retry-after" => Fault.Status(where, 403, "slow down", ("retry-after", "42")),
        "secondary" => Fault.Status(where, 403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."),
        "secondary with retry-after" => Fault.Status(where, 403, "You have exceeded a secondary rate limit.", ("retry-after", "42")),
        "too many" => Fault.Status(where, 429, "slow down", ("retry-after", "42")),
        _ => new Fault(where, (context, _) =>
        {
            context.Response.Headers["x-ratelimit-limit"] = "5000";
            context.Response.Headers["x-ratelimit-remaining"] = "0";
            context.Response.Headers["x-ratelimit-reset"] = $"{DateTimeOffset.UtcNow.AddSeconds(90).ToUnixTimeSeconds()}";
            FakeGitHub.Send(context.Response, 403, new JsonObject { ["message"] = "API rate limit exceeded for installation ID 1." });
            return Task.FromResult(true);
        }),
    };

    /// <summary>Takes an upload and keeps something of it, or nothing; then says that it was there already, or hangs up.</summary>
    private Fault Keeping(Func<byte[], byte[]?> keep, bool answers) => new(Upload, async (context, stop) =>
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body, stop);
        if (keep(body.ToArray()) is { } kept)
            Server.Releases.Single().Assets.Add(new FakeAsset { Id = 5, Name = context.Request.QueryString["name"]!, Content = kept });
        if (answers)
            return await Refuse(context, "already_exists", null);
        context.Response.Abort();
        return true;
    });

    /// <summary>The release as it was before the upload.</summary>
    private Fault LateList() => new("GET /repos/o/r/releases/", (context, _) =>
    {
        var release = Server.Releases.Single();
        var assets = release.Assets.ToList();
        release.Assets.Clear();
        FakeGitHub.Send(context.Response, 200, Server.ReleaseJson(release));
        release.Assets.AddRange(assets);
        return Task.FromResult(true);
    });

    private static Task<bool> Refuse(HttpListenerContext context, string code, string? message)
    {
        var error = new JsonObject { ["resource"] = "ReleaseAsset", ["code"] = code, ["field"] = "name" };
        if (message is { Length: > 0 })
            error["message"] = message;
        FakeGitHub.Send(context.Response, 422, new JsonObject { ["message"] = "Validation Failed", ["errors"] = new JsonArray(error) });
        return Task.FromResult(true);
    }
}
