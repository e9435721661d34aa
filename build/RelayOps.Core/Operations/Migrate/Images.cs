using System.Collections.Immutable;
using System.Text.Json;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>An image that a deployment runs.</summary>
/// <param name="Reference">As the compose file names it.</param>
/// <param name="Id">Null where nobody knows which one it was: then the name alone decides.</param>
/// <param name="RepoDigests">Where it was pulled from; empty for one that was built.</param>
public sealed record WantedImage(string Reference, string? Id, ImmutableArray<string> RepoDigests)
{
    /// <summary>Those a backup, or an old server, knows; those of compose files for whatever else they name.</summary>
    public static ImmutableArray<WantedImage> Of(IEnumerable<ContainerImage> known, IEnumerable<string> named)
    {
        var images = known.DistinctBy(image => image.Image).Select(image => new WantedImage(image.Image, image.ImageId, image.RepoDigests)).ToList();
        return [.. images, .. named.Except(images.Select(image => image.Reference)).Select(name => new WantedImage(name, null, []))];
    }

    internal bool IsSame(FoundImage found) => Id is null || found.Id == Id || found.RepoDigests.Intersect(RepoDigests).Any();
}

/// <summary>What became of one.</summary>
/// <param name="Id">On the new server.</param>
/// <param name="How">For people: <c>was there</c>, <c>pulled</c>, <c>copied from ubuntu@old</c>.</param>
public sealed record BroughtImage(WantedImage Wanted, string Id, string How)
{
    /// <summary>The name was unknown there before: it is ours to remove again.</summary>
    public bool IsNew { get; init; }
}

/// <summary>A machine whose docker may have an image.</summary>
/// <param name="CanCompress">It has gzip: a link between machines is slower than that, and docker reads it.</param>
public sealed record ImageSource(IHost Host, DockerCli Docker, bool CanCompress)
{
    private const string FindScript = """
        for d in docker 'sudo -n docker'; do
          if $d version --format '{{.Server.Version}}' >/dev/null 2>&1; then echo "docker=$d"; break; fi
        done
        if command -v gzip >/dev/null 2>&1; then echo gzip=yes; fi
        """;

    private const string SaveScript = """
        if [ "$1" = yes ]; then shift; "$@" | gzip -1; else shift; exec "$@"; fi
        """;

    public static ImageSource? Of(IHost host, ServerSurvey survey) =>
        survey.Docker is { } docker ? new ImageSource(host, docker, survey.Tools.Contains("gzip")) : null;

    /// <summary>Any machine; null where docker is not there, or refuses.</summary>
    public static async Task<ImageSource?> FindAsync(IHost host, CancellationToken cancellationToken)
    {
        var lines = (await host.RunAsync(HostCommand.ReadingScript(FindScript), cancellationToken)).Output.Split('\n');
        return lines.FirstOrDefault(line => line.StartsWith("docker=", StringComparison.Ordinal)) is { } docker
            ? new ImageSource(host, new DockerCli(docker.Contains("sudo", StringComparison.Ordinal)), lines.Contains("gzip=yes")) : null;
    }

    /// <summary>The image as docker packs it, on standard output.</summary>
    public HostCommand SaveCommand(string image) =>
        HostCommand.ReadingScript(SaveScript, [CanCompress ? "yes" : "no", .. Docker.Words, "save", image]);
}

/// <summary>An image as <c>docker image inspect</c> tells it.</summary>
/// <param name="Layers">Digests of what is in it: the same wherever it lies, which ids are not.</param>
internal sealed record FoundImage(string Id, string Architecture, ImmutableArray<string> Layers, ImmutableArray<string> RepoDigests)
{
    public static async Task<FoundImage?> FindAsync(IHost host, DockerCli docker, string image, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(docker.InspectImages(image), cancellationToken);
        if (!result.Succeeded || !result.Output.TrimStart().StartsWith('['))
            return null;
        using var document = JsonDocument.Parse(result.Output);
        var json = document.RootElement[0];
        return new FoundImage(json.GetProperty(nameof(Id)).GetString() ?? "", json.GetProperty(nameof(Architecture)).GetString() ?? "",
            json.TryGetProperty("RootFS", out var root) ? Texts(root, nameof(Layers)) : [], Texts(json, nameof(RepoDigests)));
    }

    private static ImmutableArray<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(text => text.GetString() ?? "")] : [];
}
