using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Backup;

/// <summary>A real deployment, a real sshd, every kind of user that owns one in the field.</summary>
[Collection(OneServer.Name)]
public sealed class BackupOverSshTests(Server server)
{
    public static TheoryData<string> Users => ["relay-docker", "relay-sudo", "relay-busybox"];

    [Theory, MemberData(nameof(Users))]
    public async Task Case01_FilesTheSshUserMayNotRead_backup_has_all_of_them(string name)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var user = ServerUsers.Get(name);
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions { Owner = user }, patience.Token);
        await deployment.UpAsync(patience.Token);
        using var store = TestDirectory.Create("relayops-store-");

        var result = await RelayOpsProcess.RunAsync(
            ["Backup", .. server.Reaching(user, deployment.Path), "--backup-directory", store.Path]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(store.Path, "*.tar.gz"))));
    }
}
