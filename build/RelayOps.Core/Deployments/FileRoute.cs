using System.Collections.Immutable;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>A way to read the files below a directory: as the ssh user, through sudo, or inside a container that mounts them.</summary>
/// <param name="Name">For people: <c>directly</c>, <c>through sudo</c>, <c>inside redis-1</c>.</param>
/// <param name="Root">The directory as this way sees it.</param>
/// <param name="Prefix">The program and arguments every command is run by; empty for none.</param>
public sealed record FileRoute(string Name, string Root, ImmutableArray<string> Prefix)
{
    public static FileRoute Direct(string root) => new("directly", root, []);

    public static FileRoute Sudo(string root) => new("through sudo", root, ["sudo", "-n"]);

    public static FileRoute Inside(DockerCli docker, Container container, string root, string? user)
    {
        var exec = docker.Exec(container.Id, user, HostCommand.Reading("true"));
        return new($"inside {container.Name}", root, [exec.Program, .. exec.Arguments[..^1]]);
    }

    /// <summary>Docker's own stream costs twice the processor time of the same work outside: compress before it.</summary>
    public bool IsContainer => Prefix.Contains("exec");

    public HostCommand Run(HostCommand command) =>
        Prefix.IsEmpty ? command : command.Through(Prefix[0], Prefix.AsSpan()[1..]);

    public bool Equals(FileRoute? other) =>
        other is not null && Name == other.Name && Root == other.Root && Prefix.SequenceEqual(other.Prefix);

    public override int GetHashCode() => HashCode.Combine(Name, Root);
}
