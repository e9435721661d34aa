using System.Text.Json;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Stores;

/// <summary>Copies elsewhere, as an operator makes and needs them.</summary>
public sealed class OffsiteTests : IDisposable
{
    private readonly TestDirectory _elsewhere = TestDirectory.Create("relayops-elsewhere-");

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    private string Remote => $"rclone::local:{_elsewhere.File("backups")}";

    private string[] There => Directory.Exists(_elsewhere.File("backups")) ? [.. Directory.GetFiles(_elsewhere.File("backups")).Select(Path.GetFileName).OfType<string>().Order()] : [];

    public void Dispose() => _elsewhere.Dispose();

    [Fact]
    public async Task Backups_go_to_several_stores_and_the_next_copy_serves_where_the_nearest_is_damaged()
    {
        await Prerequisites.EnsureAsync([("rclone", "rclone")], Patience);
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(50, 100, Patience);
        string[] both = ["--store", $"local+{Remote}", "--allow-plaintext"];

        var refused = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--store", $"local+{Remote}"]);
        Assert.True(refused.ExitCode == 2, refused.ToString());
        Assert.Empty(deployment.Archives);

        Succeed(await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]));
        var first = Path.GetFileName(Assert.Single(deployment.Archives));
        Assert.Empty(There);
        Succeed(await RelayOpsProcess.RunAsync(["Copy", "--backup-directory", deployment.Store, "--backup-id", "latest", "--store", Remote, "--allow-plaintext"]));
        Assert.Contains(first, There);
        Succeed(await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, .. both]));
        var newest = deployment.Archives.Last();
        Assert.Equal(6, There.Length);

        var bytes = File.ReadAllBytes(newest);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(newest, bytes);
        var verified = await RelayOpsProcess.RunAsync(["Verify", "--backup-directory", deployment.Store, .. both]);
        Succeed(verified);
        Assert.Contains("in store local is no good", verified.ToString(), StringComparison.Ordinal);
        var alone = await RelayOpsProcess.RunAsync(["Verify", "--backup-directory", deployment.Store]);
        Assert.True(alone.ExitCode == 4, alone.ToString());

        await InspectReadsTheNextCopyAsync(deployment, both, first);
        await RestoreTakesTheNextCopyAsync(deployment, both);
        await OneStoreOutOfReachAsync(deployment, both);

        var pruned = await RelayOpsProcess.RunAsync(["Prune", "--backup-directory", deployment.Store, .. both, "--keep", "1"]);
        Succeed(pruned);
        Assert.Equal(3, There.Length);
        Assert.DoesNotContain(first, There);
    }

    /// <summary>Whoever consents knows that nobody else can read there; rclone's own configuration says that everybody can.</summary>
    [Fact]
    public async Task Backup_sends_no_plaintext_where_the_configuration_of_rclone_lets_everybody_read()
    {
        await Prerequisites.EnsureAsync([("rclone", "rclone")], Patience);
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await File.WriteAllTextAsync(_elsewhere.File("rclone.conf"), "[open]\ntype = s3\nprovider = Other\nendpoint = http://127.0.0.1:1\nsecret_access_key = canary-key\nacl = public-read\n[nick]\ntype = alias\nremote = open:bucket\n");
        await using var process = RelayOpsProcess.Start(new Dictionary<string, string> { ["RCLONE_CONFIG"] = _elsewhere.File("rclone.conf") },
            ["Backup", .. deployment.Here, "--store", "local+rclone:nick:backups", "--allow-plaintext"]);

        var refused = await process.WaitAsync();

        Assert.True(refused.ExitCode == 2, refused.ToString());
        Assert.Contains("rclone is told 'acl = public-read': everybody could read", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.ToString(), StringComparison.Ordinal);
        Assert.Empty(deployment.Archives);
    }

    private static async Task InspectReadsTheNextCopyAsync(NativeDeployment deployment, string[] both, string? older)
    {
        string[] inspect = ["Inspect", "--backup-directory", deployment.Store];
        var inside = await RelayOpsProcess.RunAsync([.. inspect, .. both, "--json"]);
        Succeed(inside);
        Assert.Contains("in store local is no good", inside.Error, StringComparison.Ordinal);
        Assert.StartsWith("rclone:", JsonDocument.Parse(inside.Output).RootElement.GetProperty("store").GetString(), StringComparison.Ordinal);
        Succeed(await RelayOpsProcess.RunAsync([.. inspect, .. both, "--against", older!]));
        var alone = await RelayOpsProcess.RunAsync(inspect);
        Assert.True(alone.ExitCode == 4, alone.ToString());
    }

    private static async Task RestoreTakesTheNextCopyAsync(NativeDeployment deployment, string[] both)
    {
        await deployment.Redis.Cli.RunAsync(["FLUSHALL"], Patience);
        string[] restore = ["Restore", .. deployment.Here, "--backup-id", "latest", "--confirm", "yes"];
        var alone = await RelayOpsProcess.RunAsync(restore);
        Assert.True(alone.ExitCode == 4, alone.ToString());
        Assert.Equal("0", await deployment.Redis.Cli.RunAsync(["DBSIZE"], Patience));

        var restored = await RelayOpsProcess.RunAsync([.. restore, .. both]);
        Succeed(restored);
        Assert.Contains("in store local is no good", restored.ToString(), StringComparison.Ordinal);
        Assert.Equal("50", await deployment.Redis.Cli.RunAsync(["DBSIZE"], Patience));
    }

    [Fact]
    public async Task Reencrypt_tells_where_the_former_key_still_opens_a_copy_and_Copy_replaces_that_one()
    {
        await Prerequisites.EnsureAsync([("rclone", "rclone")], Patience);
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(50, 100, Patience);
        await Shell.RunAsync("age-keygen", ["-o", _elsewhere.File("lost")], Patience);
        var lost = (await Shell.RunAsync("age-keygen", ["-y", _elsewhere.File("lost")], Patience)).Trim();
        Succeed(await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--store", $"local+{Remote}", "--encrypt-to", lost]));
        var former = Assert.Single(deployment.Archives);
        var (id, name) = (Path.GetFileName(former)["claude-relay-backup-".Length..][..15], Path.GetFileNameWithoutExtension(former));
        Assert.Contains(name + ".age", There);

        await using var process = RelayOpsProcess.Start(new Dictionary<string, string> { ["PASSPHRASE"] = "another one" }, ["Reencrypt", "--backup-directory", deployment.Store,
            "--store", $"local+{Remote}", "--backup-id", id, "--identity", _elsewhere.File("lost"), "--encrypt-to", "passphrase"]);
        var renewed = await process.WaitAsync();
        Succeed(renewed);
        Assert.Contains($"store {Remote} still has {name}.age as it was before: replace it with Copy --backup-id {id} --store {Remote}", renewed.ToString(), StringComparison.Ordinal);
        Assert.Contains(name + ".age", There);

        // The second time there is nothing left to be done.
        for (var i = 0; i < 2; i++)
        {
            Succeed(await RelayOpsProcess.RunAsync(["Copy", "--backup-directory", deployment.Store, "--backup-id", id, "--store", Remote]));
            Assert.Equal([$"claude-relay-backup-{id}.json", $"claude-relay-backup-{id}.sha256", name + ".gpg"], There);
        }
    }

    /// <summary>The other ones' copies serve; what has to be in every store fails for the one alone.</summary>
    private static async Task OneStoreOutOfReachAsync(NativeDeployment deployment, string[] both)
    {
        const string Away = "rclone:no-such-remote:backups";
        string[] three = ["--backup-directory", deployment.Store, .. both[..1], $"{both[1]}+{Away}", .. both[2..]];

        var verified = await RelayOpsProcess.RunAsync(["Verify", .. three]);
        Succeed(verified);
        Assert.Contains($"warning: store {Away} could not be asked", verified.ToString(), StringComparison.Ordinal);
        Assert.Contains($"store {Away} could not be asked and may have a newer one", verified.ToString(), StringComparison.Ordinal);
        var listed = await RelayOpsProcess.RunAsync(["List", .. three, "--json"]);
        Succeed(listed);
        Assert.Equal(4, JsonDocument.Parse(listed.Output).RootElement.GetArrayLength());

        var missing = await RelayOpsProcess.RunAsync(["Verify", .. three, "--backup-id", "20250101_000000"]);
        Assert.True(missing.ExitCode == 2, missing.ToString());
        Assert.Contains($"store {Away} could not be asked", missing.ToString(), StringComparison.Ordinal);
        var backup = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here[..4], .. three]);
        Assert.True(backup.ExitCode == 2, backup.ToString());
        Assert.Contains($"the backup did not get into store {Away}", backup.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, deployment.Archives.Count());
    }

    private static void Succeed(RelayOpsResult result) => Assert.True(result.ExitCode == 0, result.ToString());
}
