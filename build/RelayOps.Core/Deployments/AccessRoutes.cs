using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>The ways to the files of a deployment, best first: as the user, inside a container that mounts them, through sudo.</summary>
public sealed class AccessRoutes(IHost host, ServerSurvey survey, IReadOnlyList<Container> containers)
{
    /// <param name="path">An absolute path of the server.</param>
    /// <param name="user">As whom inside a container; its root when null, since a tree has files of many owners.</param>
    public IEnumerable<FileRoute> To(string path, string? user = null)
    {
        yield return FileRoute.Direct(path);
        var inside = survey.Docker is { } docker
            ? containers.Where(container => container.IsRunning && container.InsideOf(path) is not null)
                .Select(container => FileRoute.Inside(docker, container, container.InsideOf(path)!, user ?? "0"))
            : [];
        var sudo = survey.CanSudo ? [FileRoute.Sudo(path)] : Array.Empty<FileRoute>();
        // Docker's stream is the dearer way; where it takes sudo anyway, sudo alone has the same rights.
        foreach (var route in survey.Docker is { NeedsSudo: true } ? sudo.Concat(inside) : inside.Concat(sudo))
            yield return route;
    }

    /// <summary>A way to make files in the deployment's directory.</summary>
    /// <exception cref="RelayOpsException">There is none (<see cref="ExitStatus.WrongUse"/>).</exception>
    public FileRoute Writing() => survey switch
    {
        { IsWritable: true } => FileRoute.Direct(survey.Path),
        { CanSudo: true } => FileRoute.Sudo(survey.Path),
        _ => throw new RelayOpsException($"cannot write in {survey.Path} on {host.Name}",
            $"{survey.User} may not make files there and has no passwordless sudo; the lock of an operation lives there",
            $"make {survey.User} the owner of the directory, or allow sudo without a password", ExitStatus.WrongUse),
    };

    /// <summary>The files of a part by the first way that may read all of them; null when the directory is not there.</summary>
    /// <exception cref="RelayOpsException">No way reads all of them (<see cref="ExitStatus.WrongUse"/>).</exception>
    public async Task<PartFiles?> ReachAsync(string name, string path, string prefix, string[] names, CancellationToken cancellationToken)
    {
        PartFiles? best = null;
        foreach (var route in To(path))
        {
            var tree = await FileTree.FindAsync(host, route, names, cancellationToken);
            if (tree is null)
                continue;
            best = new PartFiles(name, prefix, route, [.. names], tree);
            if (tree.Unreadable.IsEmpty)
                return best;
        }

        return best is null ? null : throw new RelayOpsException(
            $"cannot read {best.Tree.Unreadable[0]} below {path} on {host.Name}",
            $"neither {survey.User} nor a running container nor passwordless sudo may read it"
            + (survey.DockerError is { } refusal && survey.Docker is null ? $" (docker: {refusal})" : ""),
            $"put {survey.User} into group docker, or allow sudo without a password", ExitStatus.WrongUse);
    }
}
