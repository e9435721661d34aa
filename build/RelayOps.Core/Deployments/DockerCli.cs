using System.Collections.Immutable;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>How docker is reached on a server: directly, or through <c>sudo -n</c>. Found out once, by the survey.</summary>
public sealed record DockerCli(bool NeedsSudo)
{
    private ImmutableArray<string> Prefix => NeedsSudo ? ["sudo", "-n", "docker"] : ["docker"];

    /// <summary>Every container with all that docker knows of it, as one JSON array; nothing where there are none.</summary>
    public HostCommand InspectContainers() =>
        HostCommand.ReadingScript("""ids=$("$@" ps -aq --no-trunc) || exit; [ -z "$ids" ] || exec "$@" inspect $ids""", [.. Prefix]);

    public HostCommand InspectImages(params ReadOnlySpan<string> imageIds) =>
        HostCommand.Reading(Prefix[0], [.. Prefix[1..], "image", "inspect", .. imageIds]);

    /// <summary>Runs a command inside a running container, with its standard input.</summary>
    /// <param name="user">A numeric uid, or null for the container's own user.</param>
    public HostCommand Exec(string containerId, string? user, HostCommand command) =>
        command.Through(Prefix[0], [.. Prefix[1..], "exec", "-i", .. user is null ? Array.Empty<string>() : ["-u", user], containerId]);

    /// <summary>The words before a command that runs as root with the directory at its own path, and sees the server's processes.</summary>
    public ImmutableArray<string> ThrowawayAsRoot(string imageId, string directory) =>
        [.. Prefix, "run", "--rm", "-i", "--network", "none", "--pid", "host", "--cap-add", "SYS_PTRACE", "--security-opt", "apparmor=unconfined", "-u", "0:0",
            "--mount", $"type=bind,\"source={directory}\",\"target={directory}\"", "--entrypoint", "", imageId];

    /// <summary>For commands of this program that have no method of their own here.</summary>
    public HostCommand Reading(params ReadOnlySpan<string> arguments) => HostCommand.Reading(Prefix[0], [.. Prefix[1..], .. arguments]);

    /// <inheritdoc cref="Reading"/>
    public HostCommand Changing(params ReadOnlySpan<string> arguments) => HostCommand.Changing(Prefix[0], [.. Prefix[1..], .. arguments]);

    /// <summary>The words that a script puts before docker's arguments.</summary>
    public ImmutableArray<string> Words => Prefix;
}
