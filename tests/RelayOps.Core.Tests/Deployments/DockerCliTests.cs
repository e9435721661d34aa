using System.Diagnostics;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Tests.Deployments;

public sealed class DockerCliTests : IDisposable
{
    /// <summary>A docker whose second container comes to its end once the first list is out; or, when told so, between each list and the look; or one that is ill.</summary>
    private const string Docker = """
        #!/bin/sh
        here=$(dirname "$0")
        case $1 in
          ps) echo one; [ -e "$here/gone" ] && [ ! -e "$here/busy" ] || echo two ;;
          inspect)
            if [ -e "$here/ill" ]; then echo 'Error: No such object: two' >&2; echo 'Error: the daemon is ill' >&2; exit 1; fi
            if [ $# = 2 ]; then echo '[{}]'; exit 0; fi
            touch "$here/gone"
            echo '[{}]'; echo 'Error: No such object: two' >&2; exit 1 ;;
        esac
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("relayops-docker-").FullName;

    public DockerCliTests()
    {
        File.WriteAllText(Path.Combine(_directory, "docker"), Docker.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(_directory, "docker"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    [Fact]
    public void InspectContainers_asks_again_when_a_container_ended_meanwhile() => Assert.Equal((0, "[{}]"), Run(new DockerCli(NeedsSudo: false).InspectContainers()));

    [Fact]
    public void InspectContainers_tells_of_those_that_are_there_where_others_come_and_go_all_the_time()
    {
        File.WriteAllText(Path.Combine(_directory, "busy"), "");

        Assert.Equal((0, "[{}]"), Run(new DockerCli(NeedsSudo: false).InspectContainers()));
    }

    [Fact]
    public void InspectContainers_fails_where_docker_fails()
    {
        File.WriteAllText(Path.Combine(_directory, "ill"), "");

        Assert.Equal(1, Run(new DockerCli(NeedsSudo: false).InspectContainers()).Status);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private (int Status, string Output) Run(HostCommand command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_directory}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Trim());
    }
}
