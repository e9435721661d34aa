using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Tests.Backups;

public partial class RecoveryGuideTests
{
    private static string Guide(string extension = ".tar.gz", string redis = "7.0.15", string? service = "redis") => Encoding.UTF8.GetString(RecoveryGuide.For(new RecoveryFacts
    {
        Id = BackupId.Get("20250805_142530"),
        Archive = "claude-relay-backup-20250805_142530" + extension,
        Server = new SourceServer("0123456789abcdef", "ubuntu@host", "/home/it's me/relay"),
        RedisVersion = redis,
        Keys = 1234,
        RedisUserId = 999,
        RedisGroupId = 998,
        RedisService = service,
        RedisArguments = ["-p", "6379", "--tls", "--cacert", "/tls/it's mine"],
        Service = "claude-relay",
    }));

    [Theory]
    [InlineData(".tar.gz", "tar xpf claude-relay-backup-20250805_142530.tar.gz")]
    [InlineData(".tar.zst.age", "age -d -i KEYFILE -o claude-relay-backup-20250805_142530.tar.zst claude-relay-backup-20250805_142530.tar.zst.age")]
    [InlineData(".tar.gz.gpg", "gpg -o claude-relay-backup-20250805_142530.tar.gz -d")]
    [InlineData(".tar.gz", "chown -R 999:998 redis_data")]
    [InlineData(".tar.gz", "1234 keys")]
    [InlineData(".tar.gz", "sh -p 6379 --tls --cacert '/tls/it'\\''s mine'\n")]
    [InlineData(".tar.gz", "docker compose exec -T redis sh")]
    [InlineData(".tar.gz", "docker compose port claude-relay 3000")]
    [InlineData(".tar.gz", "chmod 0600 .env")]
    [InlineData(".tar.gz", "appendonlydir/")]
    public void For_names_this_very_archive(string extension, string expected) =>
        Assert.Contains(expected, Guide(extension), StringComparison.Ordinal);

    /// <summary>Whatever it was encrypted with at first: another tool or nothing at all may come later.</summary>
    [Theory]
    [InlineData(".tar.gz")]
    [InlineData(".tar.gz.age")]
    [InlineData(".tar.gz.gpg")]
    public void For_opens_whatever_the_archive_is_encrypted_with_by_now(string extension)
    {
        Assert.Contains("\n  age -d -o claude-relay-backup-20250805_142530.tar.gz claude-relay-backup-20250805_142530.tar.gz.age   # asks", Guide(extension), StringComparison.Ordinal);
        Assert.Contains("\n  gpg -o claude-relay-backup-20250805_142530.tar.gz -d claude-relay-backup-20250805_142530.tar.gz.gpg\n", Guide(extension), StringComparison.Ordinal);
        Assert.Equal(Guide(), Guide(extension));
    }

    [Fact]
    public void For_stops_and_starts_a_redis_on_the_server_itself()
    {
        var guide = Guide(service: null);
        Assert.Contains("\nsudo systemctl stop redis-server\n", guide, StringComparison.Ordinal);
        Assert.Contains("\nsudo systemctl start redis-server\n", guide, StringComparison.Ordinal);
        Assert.Contains("\ndocker compose up -d --no-build --no-deps claude-relay\n", guide, StringComparison.Ordinal);
        Assert.DoesNotContain("exec -T", guide, StringComparison.Ordinal);
    }

    [Fact]
    public void For_knows_the_older_layout() => Assert.Contains("redis_data/appendonly.aof`", Guide(redis: "6.2.14"), StringComparison.Ordinal);

    [Theory]
    [InlineData("redis")]
    [InlineData(null)]
    public async Task For_gives_commands_that_a_shell_understands(string? service)
    {
        var commands = string.Join('\n', Blocks().Matches(Guide(service: service)).Select(match => match.Groups[1].Value));
        Assert.Contains("docker compose up -d", commands, StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await shell.StandardInput.WriteAsync(commands);
        shell.StandardInput.Close();
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, errors);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
