using System.Collections.Immutable;
using System.Diagnostics;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Tests.Deployments;

/// <summary>The scripts themselves, with a docker that notes what it is told.</summary>
public sealed class ServiceControlTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("relayops-control-").FullName;

    [Fact]
    public void StopCommand_gives_redis_time_to_save_and_a_deaf_app_half_a_minute()
    {
        var docker = Path.Combine(_directory, "docker");
        File.WriteAllText(docker, $$"""
            #!/bin/sh
            case "$1 $4" in
              'inspect id-of-redis') echo 'truefalse docker-entrypoint.sh [redis-server --save 60 1]' ;;
              'inspect id-of-app') echo 'falsetrue docker-entrypoint.sh []' ;;
              'inspect id-of-stopped') echo 'falsefalse docker-entrypoint.sh []' ;;
              'inspect '*) exit 1 ;;
              *) echo "$*" >>{{_directory}}/said ;;
            esac

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var survey = ServerSurvey.Parse("now=1\npath=/srv/relay\ncompose=docker-compose.yml\ndocker=docker\nprogram=docker-compose\n", "relay", "/srv/relay");
        ImmutableArray<Container> containers = [Made("redis", "redis-server"), Made("gone", "node"), Made("app", "node"), Made("stopped", "node")];

        var command = new ServiceControl(null!, survey, containers).StopCommand(null, containers);
        var start = new ProcessStartInfo(command.Program, command.Arguments);
        start.Environment["PATH"] = $"{_directory}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Equal("stop -t 30 id-of-app\nstop -t 600 id-of-redis\n", File.ReadAllText(Path.Combine(_directory, "said")));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Container Made(string name, string program) => new()
    {
        Id = $"id-of-{name}",
        Name = name,
        IsRunning = true,
        Image = name,
        ImageId = "sha256:old",
        Service = name,
        CommandLine = [program],
        Environment = ImmutableDictionary<string, string>.Empty,
        Mounts = [],
    };
}
