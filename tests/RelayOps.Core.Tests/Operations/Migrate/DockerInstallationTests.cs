using System.Diagnostics;
using System.Runtime.Versioning;
using RelayOps.Core.Operations.Migrate;

namespace RelayOps.Core.Tests.Operations.Migrate;

/// <summary>The script itself, with programs in its way that say what an empty machine of each release would.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DockerInstallationTests : IDisposable
{
    private readonly string _bin = Directory.CreateTempSubdirectory("relayops-install-").FullName;

    public DockerInstallationTests()
    {
        foreach (var name in new[] { "grep", "sleep", "env", "touch", "chmod", "cat" })
            File.CreateSymbolicLink($"{_bin}/{name}", new[] { "/usr/bin/", "/bin/" }.Select(directory => directory + name).First(File.Exists));
        Stub("id", "echo \"$RELEASE_UID\"");
        Stub("sudo", "[ \"$1\" = -n ] || exit 1\nshift\necho root >> \"$LOG\"\nexec \"$@\"");
        Stub("apt-cache", "case \" $KNOWN \" in *\" $2 \"*) echo \"Package: $2\" ;; esac");
        Stub("service", "echo \"service $*\" >> \"$LOG\"");
        // Some releases have docker's command in docker.io, others in docker-cli.
        Stub("apt-get", """
            echo "apt-get $*" >> "$LOG"
            case " $* " in *" install "*) ;; *) exit 0 ;; esac
            [ "${FAILS-}" = "" ] || { echo 'E: Unable to fetch some archives' >&2; exit 100; }
            printf '#!/bin/sh\n[ "$1" = version ]\n' > "$BIN/docker"
            chmod 755 "$BIN/docker"
            """);
    }

    [Theory]
    [InlineData("docker.io docker-compose iptables", "docker.io docker-compose")]
    [InlineData("docker.io docker-cli docker-compose iptables", "docker.io docker-cli docker-compose")]
    [InlineData("docker.io docker-compose-v2 docker-compose iptables", "docker.io docker-compose-v2")]
    public void Command_installs_what_the_release_calls_docker_and_compose_and_starts_it(string known, string expected)
    {
        var (status, output, _) = Run(known, uid: 0);

        Assert.Equal(0, status);
        Assert.Equal($"installed={expected}", output.Trim());
        var log = File.ReadAllText($"{_bin}/log");
        Assert.Contains($"--no-install-recommends {expected} iptables ca-certificates", log);
        Assert.Contains("service docker start", log);
        Assert.DoesNotContain("root", log);
    }

    [Fact]
    public void Command_goes_through_sudo_for_a_user_who_is_not_root()
    {
        Assert.Equal(0, Run("docker.io docker-compose", uid: 1000).Status);
        Assert.Contains("root\napt-get -q -o DPkg::Lock::Timeout=300 update", File.ReadAllText($"{_bin}/log"));
    }

    [Fact]
    public void Command_fails_with_what_apt_said_where_apt_fails()
    {
        var (status, output, error) = Run("docker.io docker-compose", uid: 0, fails: "yes");

        Assert.NotEqual(0, status);
        Assert.Equal("", output);
        Assert.Contains("Unable to fetch", error);
    }

    public void Dispose() => Directory.Delete(_bin, recursive: true);

    private (int Status, string Output, string Error) Run(string known, int uid, string fails = "")
    {
        var command = DockerInstallation.Command;
        var start = new ProcessStartInfo("/bin/sh", command.Arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in new[] { ("PATH", _bin), ("BIN", _bin), ("LOG", $"{_bin}/log"), ("KNOWN", known), ("RELEASE_UID", $"{uid}"), ("FAILS", fails) })
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private void Stub(string name, string script)
    {
        File.WriteAllText($"{_bin}/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode($"{_bin}/{name}", (UnixFileMode)0b111_101_101);
    }
}
