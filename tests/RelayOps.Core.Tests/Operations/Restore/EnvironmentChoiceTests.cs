using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Core.Tests.Operations.Restore;

public sealed class EnvironmentChoiceTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private static readonly HashSet<string> Present = [".env", "docker-compose.yml"];

    [Fact]
    public void Make_keeps_what_is_there_and_fits_and_restores_what_is_missing()
    {
        var choice = EnvironmentChoice.Make(Request(), Backup(Key), Server(Key), new HashSet<string> { ".env" });

        Assert.Equal<string>(["docker-compose.yml"], choice.Restored.ToArray());
    }

    [Theory, InlineData(EnvironmentPolicy.Auto), InlineData(EnvironmentPolicy.Keep)]
    public void Make_refuses_another_key_without_naming_either(EnvironmentPolicy policy)
    {
        var refused = Assert.Throws<RelayOpsException>(() => EnvironmentChoice.Make(
            Request() with { Environment = policy }, Backup(Key), Server("another-key-another-key-another-"), Present));

        Assert.Equal(ExitStatus.WrongUse, refused.Status);
        Assert.DoesNotContain(Key, refused.Message);
        Assert.DoesNotContain("another-key", refused.Message);
    }

    [Fact]
    public void Make_takes_another_key_when_its_environment_comes_along() =>
        Assert.Equal<string>([".env", "docker-compose.yml"], EnvironmentChoice.Make(
            Request() with { Environment = EnvironmentPolicy.Restore }, Backup(Key), Server("another"), Present).Restored.ToArray());

    [Fact]
    public void Make_warns_when_another_key_is_insisted_on() =>
        Assert.Contains("401", Assert.Single(EnvironmentChoice.Make(
            Request() with { AllowKeyMismatch = true }, Backup(Key), Server("another"), Present).Warnings));

    [Fact]
    public void Make_does_not_ask_for_the_key_where_redis_stays() =>
        Assert.Empty(EnvironmentChoice.Make(
            Request() with { Parts = DeploymentParts.Logs }, Backup(Key), Server("another"), Present).Restored);

    [Fact]
    public void Make_compares_an_archive_without_manifest_by_its_own_environment() =>
        Assert.Throws<RelayOpsException>(() => EnvironmentChoice.Make(
            Request(), Backup(Key) with { Manifest = null }, Server("another"), Present));

    [Fact]
    public void Make_tries_the_servers_key_on_the_data_where_nothing_tells_the_backups()
    {
        var backup = Backup(Key) with { Manifest = null, Texts = new Dictionary<string, string>() };

        Assert.Empty(Make("fits").Warnings);
        Assert.Throws<RelayOpsException>(() => Make("another"));
        Assert.Contains("not known", Assert.Single(Make("untried").Warnings));

        EnvironmentChoice Make(string server) => EnvironmentChoice.Make(
            Request(), backup, Server(server), Present, fitsKey: key => key switch { "fits" => true, "another" => false, _ => null });
    }

    [Fact]
    public void Make_tells_differences_by_name_alone()
    {
        var server = DotEnv.Parse($"ENCRYPTION_KEY={Key}\nJWT_SECRET=secret-here\nEXTRA=1\n");

        var note = Assert.Single(EnvironmentChoice.Make(Request(), Backup(Key), server, Present).Notes);

        Assert.Equal(".env of server and backup differ in EXTRA (server only), JWT_SECRET; the server's is used", note);
    }

    [Fact]
    public void Make_tells_what_differs_in_the_compose_file()
    {
        var backup = Backup(Key);
        backup = backup with { Texts = new Dictionary<string, string>(backup.Texts) { ["docker-compose.yml"] = "services:\n  redis:\n    image: redis:7\n" } };
        var server = new Dictionary<string, string> { ["docker-compose.yml"] = "services:\n  redis:\n    image: redis:8\n" };

        var note = Assert.Single(EnvironmentChoice.Make(Request(), backup, Server(Key), Present, server).Notes);

        Assert.Equal("docker-compose.yml of server and backup differ in services.redis.image; the server's is used", note);
    }

    private static RestoreRequest Request() => new()
    {
        DeploymentPath = "/deployment",
        Parts = DeploymentParts.All,
        Owner = new LockOwner("Restore", "tester", "here", null, DateTimeOffset.UnixEpoch),
        LockWait = TimeSpan.Zero,
        ConfirmAsync = (_, _) => Task.FromResult(true),
    };

    private static DotEnv Server(string key) => DotEnv.Parse($"ENCRYPTION_KEY={key}\nJWT_SECRET=one\n");

    private static ArchiveContents Backup(string key) => new()
    {
        Entries = [Config(".env"), Config("docker-compose.yml"), Config("redis_data/dump.rdb")],
        Texts = new Dictionary<string, string> { [".env"] = $"ENCRYPTION_KEY={key}\nJWT_SECRET=one\n" },
        Manifest = new Manifest
        {
            Format = 1,
            BackupId = "20250805_142530",
            Tool = "RelayOps",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Entries = [],
            Server = new SourceServer("id", "server", "/deployment"),
            EncryptionKeyFingerprint = KeyFingerprint.Of(key, "id"),
        },
    };

    private static ArchivedEntry Config(string path) => new(path, EntryKind.File, 1, 0, 0, 0, null, "00");
}
