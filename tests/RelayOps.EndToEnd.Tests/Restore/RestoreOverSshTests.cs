using System.Net;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>Data are lost and come back, for every kind of user that owns a deployment in the field.</summary>
[Collection(OneServer.Name)]
public sealed class RestoreOverSshTests(Server server)
{
    public static TheoryData<string> Users => ["relay-docker", "relay-sudo", "relay-busybox"];

    [Theory, MemberData(nameof(Users))]
    public async Task Restore_brings_every_key_and_file_back(string name)
    {
        var user = ServerUsers.Get(name);
        await using var scenario = await Scenario.BeginAsync(server, user);
        var (files, digest) = (await scenario.FilesAsync("data"), await scenario.DigestAsync());
        var source = await scenario.BackupAsync();
        await scenario.LoseDataAsync();

        var outcome = await scenario.RestoreAsync(source);

        Assert.Equal(files, await scenario.FilesAsync("data"));
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Equal(HttpStatusCode.OK, await scenario.Deployment.AskAsync(scenario.Deployment.ApiKeys[0], scenario.Patience));
        Assert.Equal(digest, await scenario.DigestAsync());
        Assert.Equal(scenario.Deployment.LoadedKeys.Values.Sum(), outcome.Keys);
        Assert.Equal(3, outcome.SafetyCopies.Count);
        Assert.NotNull(outcome.Downtime);
        Console.WriteLine($"{name}: {outcome}");
    }
}
