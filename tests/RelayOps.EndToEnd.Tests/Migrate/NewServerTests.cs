using Microsoft.Extensions.Time.Testing;
using RelayOps.Adapters.Hosts;
using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Migrate;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>The server that a deployment comes to: whether it can take it, and how its images get there.</summary>
[Collection(Beside.Name)]
public sealed class NewServerTests(Server server) : IDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(8));
    private readonly Sayings _said = new();

    private CancellationToken Patience => _patience.Token;

    [Theory, InlineData("relay-docker"), InlineData("relay-sudo"), InlineData("relay-busybox")]
    public async Task RunAsync_finds_an_empty_server_ready_and_changes_nothing(string kind)
    {
        await using var host = await LogInAsync(kind);

        var found = await new NewServerCheck(host, _said, TimeProvider.System).RunAsync(Needs("~/to/come/"), Patience);

        Assert.Equal($"{Bed.Second.User(kind).Home}/to/come", found.Survey.Path);
        Assert.Equal(kind == "relay-sudo", found.Survey.Docker!.NeedsSudo);
        Assert.NotNull(found.Survey.ComposeProgram);
        Assert.Equal(TimeSpan.Zero, found.ClockSkew);
        Assert.True(found.MayMakeDirectory);
        Assert.Empty(_said.Warnings);
        Assert.False(Directory.Exists($"{Bed.Second.User(kind).Home}/to"));
    }

    [Fact]
    public async Task RunAsync_tells_everything_that_is_wrong_at_once_and_how_to_mend_it()
    {
        await using var host = await LogInAsync("relay-busybox");
        await Shell.RunAsRootAsync("sh", ["-c", "mkdir -p \"$1/full/data\" && echo mine > \"$1/full/.env\" && mkdir -m 755 \"$1/closed\"", "sh", Bed.Second.User("relay-busybox").Home], Patience);
        var busy = (await server.GetSecondAsync(Patience)).Sshd;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(-7));
        var needs = Needs("~/full", new ComposePort("claude-relay", null, busy.Port, busy.Port, "tcp")) with { Bytes = 1L << 50, InstallDocker = true };

        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => new NewServerCheck(host, _said, time).RunAsync(needs, Patience));
        var closed = await Assert.ThrowsAsync<RelayOpsException>(() => new NewServerCheck(host, _said, TimeProvider.System).RunAsync(Needs("~/closed/deployment"), Patience));

        Assert.Equal(ExitStatus.WrongUse, refused.Status);
        Assert.Contains("for 5 reasons; nothing was changed", refused.What);
        Assert.Contains("full is not empty (.env, data)", refused.Why);
        Assert.Contains("may not make", refused.Why);
        Assert.Contains("MiB are needed", refused.Why);
        Assert.Contains($"port {busy.Port}/tcp of 'claude-relay' is taken", refused.Why);
        Assert.Contains("s ahead of this machine's", refused.Why);
        Assert.Contains("--new-deployment-path", refused.Why);
        Assert.Contains("may not make", closed.Why);
        Assert.Contains("install -d -o", closed.Next);
    }

    [Theory, InlineData("relay-docker"), InlineData("relay-sudo")]
    public async Task BringAsync_copies_what_no_registry_has_and_names_it(string kind)
    {
        await using var host = await LogInAsync(kind);
        await using var old = await OpenSshHost.OpenAsync(server.Sshd.Connection(Testing.Users.ServerUsers.Get(kind).Name), TimeProvider.System, Patience);
        var source = await ImageSource.FindAsync(old, Patience);
        var id = (await Bed.First.RunAsync(["image", "inspect", "-f", "{{.Id}}", Images.Redis], Patience)).Trim();
        await ForgetImagesAsync();
        var transfer = new ImageTransfer(host, new DockerCli(kind == "relay-sudo"), [source!], _said);

        var came = Assert.Single(await transfer.BringAsync([new WantedImage(Images.Redis, id, [])], Patience));
        Assert.Equal(id, (await Bed.Second.RunAsync(["image", "inspect", "-f", "{{.Id}}", Images.Redis], Patience)).Trim());
        Assert.StartsWith("was copied from", came.How);
        Assert.Equal("was there", Assert.Single(await transfer.BringAsync([new WantedImage(Images.Redis, id, [])], Patience)).How);
        // Untagged, as an update leaves it: known by its id alone.
        await Bed.Second.RunAsync(["tag", Images.Redis, "kept:1"], Patience);
        await Bed.Second.RunAsync(["image", "rm", Images.Redis], Patience);
        Assert.Equal("was there under another name", Assert.Single(await transfer.BringAsync([new WantedImage(Images.Redis, id, [])], Patience)).How);

        await transfer.RemoveAsync([came], Patience);
        await Bed.Second.RunAsync(["image", "rm", "kept:1"], Patience);
        Assert.Equal("", (await Bed.Second.RunAsync(["images", "-q"], Patience)).Trim());
    }

    [Fact]
    public async Task BringAsync_says_where_it_looked_when_an_image_can_be_had_nowhere_and_leaves_none_behind()
    {
        await using var host = await LogInAsync("relay-docker");
        await using var old = await OpenSshHost.OpenAsync(server.Sshd.Connection(Testing.Users.ServerUsers.Docker.Name), TimeProvider.System, Patience);
        await ForgetImagesAsync();
        var transfer = new ImageTransfer(host, new DockerCli(false), [(await ImageSource.FindAsync(old, Patience))!], _said);
        var lost = "sha256:" + new string('a', 64);

        var failed = await Assert.ThrowsAsync<RelayOpsException>(() => transfer.BringAsync(
            [new WantedImage(Images.Redis, null, []), new WantedImage(Images.Service, lost, ["weishaw/claude-relay-service@" + lost])], Patience));

        Assert.Contains($"image {Images.Service} is not on", failed.What);
        Assert.Contains("pull weishaw/claude-relay-service@sha256:aaa", failed.Why);
        Assert.Contains("has another one", failed.Why);
        Assert.Contains("docker load", failed.Next);
        Assert.Equal("", (await Bed.Second.RunAsync(["images", "-q"], Patience)).Trim());
    }

    /// <summary>Where a user is root in containers alone, one of them stands in that very image.</summary>
    [Fact]
    public async Task RemoveAsync_removes_an_image_that_a_container_stands_in()
    {
        await using var host = await LogInAsync("relay-docker");
        await using var old = await OpenSshHost.OpenAsync(server.Sshd.Connection(Testing.Users.ServerUsers.Docker.Name), TimeProvider.System, Patience);
        await ForgetImagesAsync();
        var transfer = new ImageTransfer(host, new DockerCli(false), [(await ImageSource.FindAsync(old, Patience))!], _said);
        var brought = await transfer.BringAsync([new WantedImage(Images.Redis, null, [])], Patience);
        var owner = new FileRoute("in a container", "/tmp", [.. new DockerCli(false).ThrowawayAsRoot(brought[0].Id, "/tmp")]);
        var command = owner.Run(HostCommand.Reading("id", "-u"));
        Assert.Equal("0\n", (await host.RunAsync(command, Patience)).Output);

        await transfer.RemoveAsync(brought, Patience);

        Assert.Empty(_said.Warnings);
        Assert.Equal("", (await Bed.Second.RunAsync(["images", "-q"], Patience)).Trim());
    }

    [Fact]
    public async Task BringAsync_warns_of_another_image_under_the_same_name()
    {
        await using var host = await LogInAsync("relay-docker");
        await ForgetImagesAsync();
        await Images.ImportAllAsync(Bed.Second, Patience);
        var transfer = new ImageTransfer(host, new DockerCli(false), [], _said);

        var came = Assert.Single(await transfer.BringAsync([new WantedImage(Images.Redis, "sha256:" + new string('b', 64), [])], Patience));
        await ForgetImagesAsync();

        Assert.Equal("was there, another one than before", came.How);
        Assert.Contains(_said.Warnings, warning => warning.Contains("not bbbbbbbbbbbb", StringComparison.Ordinal));
        Assert.False(came.IsNew);
    }

    public void Dispose() => _patience.Dispose();

    private static NewServerNeeds Needs(string path, params ComposePort[] ports) =>
        new() { DeploymentPath = path, Bytes = 1 << 20, Ports = [.. ports] };

    private async Task<OpenSshHost> LogInAsync(string kind) => await OpenSshHost.OpenAsync(
        (await server.GetSecondAsync(Patience)).Sshd.Connection(Bed.Second.User(kind).Name), TimeProvider.System, Patience);

    private Task<string> ForgetImagesAsync() => Shell.RunAsync(new ShellCommand("sh", ["-c", "docker image prune -af >/dev/null"])
    {
        AsRoot = true,
        Environment = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("DOCKER_HOST", Bed.Second.Host),
    }, Patience);
}
