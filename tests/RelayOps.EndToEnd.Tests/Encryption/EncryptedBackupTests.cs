using System.Text.Json;
using System.Text.RegularExpressions;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <summary>Encrypted backups as an operator makes, verifies and opens them, with RelayOps and without.</summary>
public sealed partial class EncryptedBackupTests : IDisposable
{
    private const string Passphrase = "canary passphrase 93b1";

    private readonly TestDirectory _keys = TestDirectory.Create("relayops-keys-");

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task Backup_with_a_public_key_alone_is_sealed_and_opens_as_its_guide_says()
    {
        await using var deployment = await StartAsync();
        var recipient = await AgeKeyAsync("KEYFILE");

        var backup = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--encrypt-to", recipient]);
        Assert.True(backup.ExitCode == 0, backup.ToString());
        Assert.Equal("sealed", Verified(deployment));
        Assert.EndsWith(".tar.gz.age", Assert.Single(deployment.Archives), StringComparison.Ordinal);

        var unread = await RelayOpsProcess.RunAsync("Verify", "--backup-directory", deployment.Store);
        Assert.True(unread.ExitCode == 0, unread.ToString());
        Assert.Contains("Not proven: that it can be decrypted", unread.ToString(), StringComparison.Ordinal);

        var read = await RelayOpsProcess.RunAsync("Verify", "--backup-directory", deployment.Store, "--identity", _keys.File("KEYFILE"));
        Assert.True(read.ExitCode == 0, read.ToString());
        Assert.Equal("deep", Verified(deployment));

        await AssertGuideOpensAsync(deployment, $"age -d -i '{_keys.File("KEYFILE")}'", home => File.Copy(_keys.File("KEYFILE"), Path.Combine(home, "recovery", "KEYFILE")));
    }

    [Fact]
    public async Task Backup_with_a_passphrase_never_shows_it_and_opens_as_its_guide_says()
    {
        await using var deployment = await StartAsync();
        // Large enough for the tool to be met at work.
        await deployment.FillAsync(20_000, 2000, Patience);
        await using var process = RelayOpsProcess.Start(
            new Dictionary<string, string> { ["PASSPHRASE"] = Passphrase }, ["Backup", .. deployment.Here, "--encrypt-to", "passphrase"]);
        var watched = ProcessWatch.UntilEndAsync(process.Id, new WatchedSecret(Passphrase, "gpg", "--symmetric"), Patience);
        var result = await process.WaitAsync();

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("deep", Verified(deployment));
        Assert.DoesNotContain(Passphrase, result.ToString(), StringComparison.Ordinal);
        var watch = await watched;
        Assert.True(watch.SawTool);
        Assert.Empty(watch.Leaks);
        Assert.Empty(ProcessWatch.DirectoriesOf(process.Id));
        Assert.DoesNotContain(Passphrase, await File.ReadAllTextAsync(deployment.Here[^1]), StringComparison.Ordinal);

        await AssertGuideOpensAsync(deployment, $"gpg --batch --quiet --pinentry-mode loopback --passphrase '{Passphrase}' -d", WriteSettings);
    }

    [Theory]
    [InlineData("deadbeef", "short key id")]
    [InlineData("/nowhere.asc", "no file")]
    [InlineData("passphrase", "needs a passphrase")]
    public async Task Backup_refuses_recipients_before_anything_is_done(string recipient, string why)
    {
        await using var deployment = await StartAsync();

        var result = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--encrypt-to", recipient]);

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(why, result.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(deployment.Store));
    }

    [Fact]
    public async Task Verify_with_another_key_ends_in_4()
    {
        await using var deployment = await StartAsync();
        var recipient = await AgeKeyAsync("right");
        await AgeKeyAsync("wrong");
        Assert.Equal(0, (await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--encrypt-to", recipient])).ExitCode);

        var result = await RelayOpsProcess.RunAsync("Verify", "--backup-directory", deployment.Store, "--identity", _keys.File("wrong"));

        Assert.True(result.ExitCode == 4, result.ToString());
        Assert.Contains("no identity matched", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reencrypt_gives_a_backup_new_recipients_and_takes_the_old_ones_away()
    {
        await using var deployment = await StartAsync();
        var old = await AgeKeyAsync("old");
        var rotated = await AgeKeyAsync("rotated");
        Assert.Equal(0, (await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--encrypt-to", old])).ExitCode);
        string[] reencrypt = ["Reencrypt", "--backup-directory", deployment.Store, "--backup-id", "latest", "--encrypt-to", rotated];

        var locked = await RelayOpsProcess.RunAsync(reencrypt);
        Assert.True(locked.ExitCode == 4, locked.ToString());
        var done = await RelayOpsProcess.RunAsync([.. reencrypt, "--identity", _keys.File("old")]);
        Assert.True(done.ExitCode == 0, done.ToString());

        Assert.Equal("sealed", Verified(deployment));
        var archive = Assert.Single(deployment.Archives);
        await Shell.RunAsync("sh", ["-c", $"cd '{deployment.Store}' && sha256sum -c *.sha256 && age -d -i '{_keys.File("rotated")}' '{archive}' | tar tz"], Patience);
        var refused = await RelayOpsProcess.RunAsync("Verify", "--backup-directory", deployment.Store, "--identity", _keys.File("old"));
        Assert.True(refused.ExitCode == 4, refused.ToString());
    }

    [Fact]
    public async Task Reencrypt_replaces_a_passphrase_by_another_one()
    {
        await using var deployment = await StartAsync();
        string[] verify = ["Verify", "--backup-directory", deployment.Store];
        Assert.Equal(0, (await RunAsync("old", null, ["Backup", .. deployment.Here, "--encrypt-to", "passphrase"])).ExitCode);

        var done = await RunAsync("old", "rotated", ["Reencrypt", "--backup-directory", deployment.Store, "--backup-id", "latest", "--encrypt-to", "passphrase"]);

        Assert.True(done.ExitCode == 0, done.ToString());
        Assert.DoesNotContain("rotated", done.ToString(), StringComparison.Ordinal);
        var opened = await RunAsync("rotated", null, verify);
        Assert.True(opened.ExitCode == 0, opened.ToString());
        Assert.Equal("deep", Verified(deployment));
        Assert.Equal(4, (await RunAsync("old", null, verify)).ExitCode);
    }

    [Fact]
    public async Task Backup_signs_and_Verify_refuses_whatever_nobody_trusted_has_signed()
    {
        await using var deployment = await StartAsync();
        await Shell.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "ops@example.org", "-f", _keys.File("ops")], Patience);
        await Shell.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", _keys.File("stranger")], Patience);
        string[] verify = ["Verify", "--backup-directory", deployment.Store, "--trusted-signers", _keys.File("ops.pub")];

        var signed = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--sign-with", _keys.File("ops"), "--trusted-signers", _keys.File("ops.pub")]);
        Assert.True(signed.ExitCode == 0, signed.ToString());
        Assert.Contains("ops@example.org", (await RelayOpsProcess.RunAsync(verify)).ToString(), StringComparison.Ordinal);

        // The newest now, planted by somebody who owns the store: whole, with a record and a checksum that fit.
        var planted = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--sign-with", _keys.File("stranger")]);
        Assert.True(planted.ExitCode == 0, planted.ToString());
        var refused = await RelayOpsProcess.RunAsync(verify);
        Assert.True(refused.ExitCode == 4, refused.ToString());
        Assert.Contains("nobody whom --trusted-signers names", refused.ToString(), StringComparison.Ordinal);

        foreach (string[] run in (string[][])[["Inspect", .. verify[1..]], ["Usage", .. deployment.Here, .. verify[3..]]])
        {
            var unread = await RelayOpsProcess.RunAsync(run);
            Assert.True(unread.ExitCode == 4, unread.ToString());
        }

        var nobody = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--sign-with", _keys.File("nowhere")]);
        Assert.True(nobody.ExitCode == 2, nobody.ToString());
        Assert.Equal(2, deployment.Archives.Count());
    }

    /// <summary>A signature says that somebody has looked: over a planted archive it would be worth more than no signature.</summary>
    [Fact]
    public async Task Reencrypt_signs_nothing_that_nobody_trusted_has_signed_and_warns_where_it_was_not_to_look()
    {
        await using var deployment = await StartAsync();
        foreach (var name in new[] { "ops", "stranger" })
            await Shell.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", _keys.File(name)], Patience);
        var planted = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--sign-with", _keys.File("stranger")]);
        Assert.True(planted.ExitCode == 0, planted.ToString());
        var archive = Assert.Single(deployment.Archives);
        string[] reencrypt = ["Reencrypt", "--backup-directory", deployment.Store, "--backup-id", "latest", "--encrypt-to", await AgeKeyAsync("KEYFILE"),
            "--identity", _keys.File("KEYFILE"), "--sign-with", _keys.File("ops")];
        string[] trusting = [.. reencrypt, "--trusted-signers", _keys.File("ops.pub")];
        const string Unchecked = "is signed now, and nobody has checked whose it was";

        var refused = await RelayOpsProcess.RunAsync(trusting);
        Assert.True(refused.ExitCode == 4, refused.ToString());
        Assert.Equal(archive, Assert.Single(deployment.Archives));

        var blind = await RelayOpsProcess.RunAsync(reencrypt);
        Assert.True(blind.ExitCode == 0, blind.ToString());
        Assert.Contains(Unchecked, blind.ToString(), StringComparison.Ordinal);
        var looked = await RelayOpsProcess.RunAsync(trusting);
        Assert.True(looked.ExitCode == 0, looked.ToString());
        Assert.DoesNotContain(Unchecked, looked.ToString(), StringComparison.Ordinal);
    }

    private static async Task<NativeDeployment> StartAsync()
    {
        var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(50, 100, Patience);
        return deployment;
    }

    private static string? Verified(NativeDeployment deployment)
    {
        using var record = JsonDocument.Parse(File.ReadAllText(Directory.GetFiles(deployment.Store, "*.json").Single()));
        return record.RootElement.GetProperty("verified").GetString();
    }

    private async Task<string> AgeKeyAsync(string name)
    {
        await Shell.RunAsync("age-keygen", ["-o", _keys.File(name)], Patience);
        return (await Shell.RunAsync("age-keygen", ["-y", _keys.File(name)], Patience)).Trim();
    }

    /// <summary>Executes the guide's first block word for word, in a home of its own, with the archive, its checksum and what the owner of the key has.</summary>
    private async Task AssertGuideOpensAsync(NativeDeployment deployment, string open, Action<string> prepare)
    {
        var archive = deployment.Archives.Single();
        var home = _keys.File("home");
        Directory.CreateDirectory(Path.Combine(home, "recovery"));
        prepare(home);
        foreach (var file in new[] { archive, Directory.GetFiles(deployment.Store, "*.sha256").Single() })
            File.Copy(file, Path.Combine(home, "recovery", Path.GetFileName(file)));
        var guide = await Shell.RunAsync("sh", ["-c", $"{open} '{archive}' | tar xzO --wildcards '*/RECOVERY.md'"], Patience);

        await Shell.RunAsync("env", [$"HOME={home}", "sh", "-ec", FirstBlock().Match(guide).Groups[1].Value], Patience);

        Assert.Single(Directory.GetFiles(Path.Combine(home, "recovery"), "dump.rdb", SearchOption.AllDirectories));
    }

    private static async Task<RelayOpsResult> RunAsync(string passphrase, string? next, string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["PASSPHRASE"] = passphrase };
        if (next is not null)
            environment["NEW_PASSPHRASE"] = next;
        await using var process = RelayOpsProcess.Start(environment, arguments);
        return await process.WaitAsync();
    }

    /// <summary>What a terminal would be asked for.</summary>
    private static void WriteSettings(string home)
    {
        var settings = Directory.CreateDirectory(Path.Combine(home, ".gnupg"), (UnixFileMode)0b111_000_000).FullName;
        File.WriteAllText(Path.Combine(settings, "passphrase"), Passphrase + "\n");
        File.WriteAllText(Path.Combine(settings, "gpg.conf"), $"batch\npinentry-mode loopback\npassphrase-file {settings}/passphrase\n");
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstBlock();
}
