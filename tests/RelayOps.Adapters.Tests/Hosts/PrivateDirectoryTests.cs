using System.Diagnostics;
using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Hosts.OpenSsh;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Hosts;

public sealed class PrivateDirectoryTests(SshdFixture fixture) : IClassFixture<SshdFixture>
{
    [Fact]
    public void Write_makes_files_that_only_the_user_can_open()
    {
        using var directory = PrivateDirectory.Create();
        var file = directory.Write("key", "secret");
        Assert.Equal("secret", File.ReadAllText(file));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory.Path));
        }
    }

    [Fact]
    public void Create_removes_what_a_dead_process_left_and_nothing_else()
    {
        using var living = PrivateDirectory.Create();
        using var process = Process.Start("true");
        process.WaitForExit();
        var name = Path.GetFileName(living.Path).Split('-');
        var root = Path.GetDirectoryName(living.Path)!;
        var dead = Directory.CreateDirectory(Path.Combine(root, $"{name[0]}-{name[1]}-{process.Id}-{name[3]}-x"));
        var reused = Directory.CreateDirectory(Path.Combine(root, $"{name[0]}-{name[1]}-{name[2]}-1000-x"));
        var foreign = Directory.CreateDirectory(Path.Combine(root, $"{name[0]}-00000000-{process.Id}-{name[3]}-x"));
        File.WriteAllText(Path.Combine(dead.FullName, "key"), "secret");
        try
        {
            PrivateDirectory.Create().Dispose();
            Assert.False(Directory.Exists(dead.FullName));
            Assert.False(Directory.Exists(reused.FullName));
            Assert.True(Directory.Exists(foreign.FullName));
            Assert.True(Directory.Exists(living.Path));
        }
        finally
        {
            foreign.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task OpenAsync_leaves_no_file_with_the_key()
    {
        var text = await File.ReadAllTextAsync(fixture.Sshd.KeyFile);
        var connection = fixture.Sshd.Connection() with { Transport = "open-ssh", Key = text };
        await using (var host = await SshHosts.OpenAsync(connection, TimeProvider.System, CancellationToken.None))
            Assert.Contains(text.Trim(), KeysLyingAbout());
        Assert.DoesNotContain(text.Trim(), KeysLyingAbout());

        await Assert.ThrowsAsync<RelayOpsException>(() => SshHosts.OpenAsync(connection with { KnownHosts = fixture.Sshd.KnownHostsAt(1) }, TimeProvider.System, CancellationToken.None));
        Assert.DoesNotContain(text.Trim(), KeysLyingAbout());
    }

    [Fact]
    public async Task OpenAsync_shows_no_secret_in_the_process_list()
    {
        var text = await File.ReadAllTextAsync(fixture.Sshd.EncryptedKeyFile);
        var connection = fixture.Sshd.Connection() with { Transport = "open-ssh", Key = text, KeyPassphrase = RelayOps.Testing.Ssh.ThrowawaySshd.Passphrase };
        await using var host = await SshHosts.OpenAsync(connection, TimeProvider.System, CancellationToken.None);
        var lines = Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Select(CommandLine).ToList();
        Assert.Contains(lines, line => line.Contains("StrictHostKeyChecking=yes", StringComparison.Ordinal));
        // Other suites make keys with the same passphrase at the same time.
        lines.RemoveAll(line => line.StartsWith("ssh-keygen", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(connection.KeyPassphrase, StringComparison.Ordinal) || line.Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    private static string CommandLine(string path)
    {
        try
        {
            return File.ReadAllText(path + "/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static List<string> KeysLyingAbout() =>
        [.. Directory.EnumerateDirectories(Path.GetTempPath(), "relayops-*").Select(path => Path.Combine(path, "key")).Where(File.Exists).Select(File.ReadAllText).Select(text => text.Trim())];
}
