using RelayOps.EndToEnd.Tests.Running;

namespace RelayOps.EndToEnd.Tests.Workflows;

/// <summary>What a server says may hold commands to the runner that reads the log, and secrets of the deployment: an error that quotes it is printed by NUKE itself.</summary>
public sealed class HostileOutputTests : IDisposable
{
    private const string Secret = "a-password-of-redis";

    private readonly string _directory = Directory.CreateTempSubdirectory("relayops-hostile-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Error_that_quotes_a_server_gives_the_runner_no_command_and_shows_no_secret()
    {
        var (bin, deployment) = (Directory.CreateDirectory(Path.Combine(_directory, "bin")).FullName, Directory.CreateDirectory(Path.Combine(_directory, "deployment")).FullName);
        await File.WriteAllTextAsync(Path.Combine(deployment, ".env"), $"REDIS_PASSWORD={Secret}\n");
        await File.WriteAllTextAsync(Path.Combine(deployment, "docker-compose.yml"), "services: {}\n");
        foreach (var program in new[] { "docker", "docker-compose", "sudo" })
        {
            var path = Path.Combine(bin, program);
            await File.WriteAllTextAsync(path, $"#!/bin/sh\nprintf 'planted %s \\033[31m##[error]planted\\r::add-mask::planted\\n' {Secret} >&2\nexit 1\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}",
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_STEP_SUMMARY"] = Path.Combine(_directory, "summary"),
        };
        await using var run = RelayOpsProcess.Start(environment, "Backup", "--server", "local", "--deployment-path", deployment, "--backup-directory", Path.Combine(_directory, "backups"));
        var result = await run.WaitAsync();

        Assert.Equal(2, result.ExitCode);
        var shown = result.Output + result.Error + await File.ReadAllTextAsync(environment["GITHUB_STEP_SUMMARY"]);
        // The error is quoted, or there would be nothing to be seen here.
        Assert.Contains("planted", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("##[error]planted", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[31m##", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
    }
}
