using System.Collections.Immutable;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>
/// A container for one command that runs as root with a directory at its own path, and sees the server's processes. Starting one takes about a
/// second; a host may keep one standing instead, and enter it: the command, and how it is shown, stay the same.
/// </summary>
/// <param name="Image">Its id.</param>
/// <param name="Directory">On the server and in the container.</param>
/// <param name="Command">What runs in it.</param>
public sealed record ThrowawayContainer(string Image, string Directory, HostCommand Command)
{
    /// <summary>Of a container that stands.</summary>
    public const string Label = "relayops.standing";

    private static readonly ImmutableArray<string> Rights =
        ["-i", "--network", "none", "--pid", "host", "--cap-add", "SYS_PTRACE", "--security-opt", "apparmor=unconfined", "-u", "0:0"];

    /// <summary>The words behind <c>docker</c> and before the command.</summary>
    public static ImmutableArray<string> Words(string image, string directory) => [.. Start, .. Place(image, directory)];

    /// <returns>Null where the command is none that begins with <see cref="Words"/>, or asks for docker in another way.</returns>
    public static ThrowawayContainer? Find(HostCommand command)
    {
        if (command.Program != "docker" || command.Arguments.Length <= Start.Length + 5 || !command.Arguments[..Start.Length].SequenceEqual(Start))
            return null;
        var place = command.Arguments[Start.Length..(Start.Length + 5)];
        var directory = place[1].Split("\"source=")[^1].Split("\",\"target=")[0];
        return place.SequenceEqual(Place(place[4], directory))
            ? new ThrowawayContainer(place[4], directory, command.Without(Start.Length + 5)) : null;
    }

    /// <summary>Starts one that stands until a process of the server ends, whatever ended it.</summary>
    /// <param name="process">Its number there.</param>
    public HostCommand StandCommand(string name, int process) => HostCommand.Changing("docker",
        ["run", "-d", "--rm", "--name", name, "--label", $"{Label}={process}", "-w", "/", .. Rights, .. Place(Image, Directory), "sh", "-c", StandScript, "sh", $"{process}"]);

    /// <summary>
    /// Runs the command in the container that stands, and says <see cref="Inside"/> before, on a line of its own. Without that nothing of it has run: the
    /// container is gone, or the directory was removed and made again since, and the container still has the one that is gone.
    /// </summary>
    public HostCommand EnterCommand(string name) => Command.Through("sh", "-c", EnterScript, "sh", name, Directory);

    public static HostCommand RemoveCommand(string name) => HostCommand.Changing("docker", "rm", "-f", name);

    public const string Inside = "inside";

    /// <summary>$1 the process. A number may be given again: the time at which it began tells.</summary>
    private const string StandScript = """
        born() { cut -d ' ' -f 22 "/proc/$1/stat" 2>/dev/null; }
        since=$(born "$1")
        while [ -n "$since" ] && [ "$(born "$1")" = "$since" ]; do sleep 1; done
        """;

    /// <summary>$1 the container, $2 the directory, then the command.</summary>
    private const string EnterScript = $$"""
        name=$1 d=$2
        shift 2
        exec docker exec -i -u 0:0 "$name" sh -c '
          [ "$(stat -c %d:%i "$1")" = "$2" ] && echo {{Inside}} || exit 125
          shift 2
          exec "$@"' sh "$d" "$(stat -c %d:%i "$d")" "$@"
        """;

    private static ImmutableArray<string> Start => ["run", "--rm", .. Rights];

    private static ImmutableArray<string> Place(string image, string directory) =>
        ["--mount", $"type=bind,\"source={directory}\",\"target={directory}\"", "--entrypoint", "", image];
}
