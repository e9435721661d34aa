using System.Collections.Immutable;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>How docker is reached on a server: directly, or through <c>sudo -n</c>. Found out once, by the survey.</summary>
public sealed record DockerCli(bool NeedsSudo)
{
    private ImmutableArray<string> Prefix => NeedsSudo ? ["sudo", "-n", "docker"] : ["docker"];

    /// <summary>
    /// Between the two a container of somebody else may have come to its end: then the list is an old one, and is asked for again. Where they come
    /// and go all the time, those that are there are enough.
    /// </summary>
    internal const string InspectScript = """
        for n in 1 2 3 4 5; do
          ids=$("$@" ps -aq --no-trunc) || exit
          [ -n "$ids" ] || exit 0
          all=$("$@" inspect $ids 2>/dev/null) && { printf '%s\n' "$all"; exit 0; }
        done
        { errors=$("$@" inspect $ids 2>&1 >&3 3>&-); status=$?; } 3>&1
        [ "$status" -ne 0 ] || exit 0
        printf '%s\n' "$errors" | grep -qiv 'no such object' || exit 0
        printf '%s\n' "$errors" >&2
        exit "$status"
        """;

    /// <summary>Every container with all that docker knows of it, as one JSON array; nothing where there are none.</summary>
    public HostCommand InspectContainers() => HostCommand.ReadingScript(InspectScript, [.. Prefix]);

    public HostCommand InspectImages(params ReadOnlySpan<string> imageIds) =>
        HostCommand.Reading(Prefix[0], [.. Prefix[1..], "image", "inspect", .. imageIds]);

    /// <summary>Runs a command inside a running container, with its standard input.</summary>
    /// <param name="user">A numeric uid, or null for the container's own user.</param>
    public HostCommand Exec(string containerId, string? user, HostCommand command) =>
        command.Through(Prefix[0], [.. Prefix[1..], "exec", "-i", .. user is null ? Array.Empty<string>() : ["-u", user], containerId]);

    /// <summary>The words before a command that runs as root with the directory at its own path, and sees the server's processes.</summary>
    public ImmutableArray<string> ThrowawayAsRoot(string imageId, string directory) => [.. Prefix, .. ThrowawayContainer.Words(imageId, directory)];

    /// <summary>For commands of this program that have no method of their own here.</summary>
    public HostCommand Reading(params ReadOnlySpan<string> arguments) => HostCommand.Reading(Prefix[0], [.. Prefix[1..], .. arguments]);

    /// <inheritdoc cref="Reading"/>
    public HostCommand Changing(params ReadOnlySpan<string> arguments) => HostCommand.Changing(Prefix[0], [.. Prefix[1..], .. arguments]);

    /// <summary>The words that a script puts before docker's arguments.</summary>
    public ImmutableArray<string> Words => Prefix;
}
