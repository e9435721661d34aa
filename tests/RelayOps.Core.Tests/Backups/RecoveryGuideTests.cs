using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Tests.Backups;

public partial class RecoveryGuideTests
{
    private static string Guide(string extension = ".tar.gz", string redis = "7.0.15", bool passphrase = false) => Encoding.UTF8.GetString(RecoveryGuide.For(new RecoveryFacts
    {
        Id = BackupId.Get("20250805_142530"),
        Archive = "claude-relay-backup-20250805_142530" + extension,
        AsksForPassphrase = passphrase,
        Server = new SourceServer("0123456789abcdef", "ubuntu@host", "/home/it's me/relay"),
        RedisVersion = redis,
        Keys = 1234,
        RedisUserId = 999,
        RedisGroupId = 998,
    }));

    [Theory]
    [InlineData(".tar.gz", "tar xpf claude-relay-backup-20250805_142530.tar.gz")]
    [InlineData(".tar.zst.age", "age -d -i KEYFILE -o claude-relay-backup-20250805_142530.tar.zst claude-relay-backup-20250805_142530.tar.zst.age")]
    [InlineData(".tar.gz.gpg", "gpg -o claude-relay-backup-20250805_142530.tar.gz -d")]
    [InlineData(".tar.gz", "chown -R 999:998 redis_data")]
    [InlineData(".tar.gz", "1234 keys")]
    [InlineData(".tar.gz", "chmod 0600 .env")]
    [InlineData(".tar.gz", "appendonlydir/")]
    public void For_names_this_very_archive(string extension, string expected) =>
        Assert.Contains(expected, Guide(extension), StringComparison.Ordinal);

    [Fact]
    public void For_has_age_ask_for_a_passphrase() => Assert.Contains(
        "\nage -d -o claude-relay-backup-20250805_142530.tar.gz claude-relay-backup-20250805_142530.tar.gz.age   # asks", Guide(".tar.gz.age", passphrase: true), StringComparison.Ordinal);

    [Fact]
    public void For_knows_the_older_layout() => Assert.Contains("redis_data/appendonly.aof`", Guide(redis: "6.2.14"), StringComparison.Ordinal);

    [Fact]
    public async Task For_gives_commands_that_a_shell_understands()
    {
        var commands = string.Join('\n', Blocks().Matches(Guide()).Select(match => match.Groups[1].Value));
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
