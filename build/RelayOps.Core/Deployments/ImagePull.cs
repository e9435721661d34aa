using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>What a registry has under an image's name.</summary>
/// <param name="Id">As docker names the image here.</param>
/// <param name="Digest">As the registry names it, e.g. <c>weishaw/claude-relay-service@sha256:…</c>; null where docker does not say.</param>
public sealed record PulledImage(string Name, string Id, DateTimeOffset? CreatedAt, string? Digest);

/// <summary>
/// Fetches what the registry has, without changing what any name means: the newer image waits under a name of ours. Image by image and not by
/// <c>compose pull</c>, which ends in 0 when an image cannot be had that could also be built.
/// </summary>
public sealed class ImagePull(IHost host, DockerCli docker, string serverId)
{
    /// <summary>
    /// $1 words of docker, docker, repository for what waits, then service and name of each. An image that waited and was never used is removed
    /// once another waits in its place. Interrupted between pull and tag, the name means the newer image; the next run puts that right.
    /// </summary>
    private const string Script = """
        words=$1
        shift
        docker=
        while [ "$words" -gt 0 ]; do docker="$docker $1"; shift; words=$((words - 1)); done
        trap '' HUP INT TERM PIPE
        waiting=$1
        shift
        id() { $docker image inspect -f '{{.Id}}' "$1" 2>/dev/null; }
        while [ $# -ge 2 ]; do
          before=$(id "$2")
          $docker pull -q "$2" </dev/null >/dev/null || exit 70
          after=$(id "$2")
          old=$(id "$waiting:$1")
          if [ "$after" != "$before" ]; then
            $docker tag "$after" "$waiting:$1" || exit 70
            if [ -n "$before" ]; then $docker tag "$before" "$2"; else $docker rmi "$2" >/dev/null; fi || exit 70
            if [ -n "$old" ] && [ "$old" != "$after" ] && [ "$($docker image inspect -f '{{len .RepoTags}}' "$old" 2>/dev/null)" = 0 ]; then
              $docker rmi "$old" >/dev/null 2>&1
            fi
          fi
          facts=$($docker image inspect -f '{{.Id}} {{.Created}} {{range .RepoDigests}}{{.}},{{end}}' "$after") || exit 70
          printf '%s %s\n' "$2" "$facts"
          shift 2
        done
        """;

    private string Waiting => $"relayops/newest-{serverId}";

    public HostCommand Command(IEnumerable<(string Service, string Name)> images) => HostCommand.ChangingScript(Script,
        [docker.Words.Length.ToString(CultureInfo.InvariantCulture), .. docker.Words, Waiting,
            .. images.SelectMany(image => new[] { image.Service, image.Name })]);

    /// <exception cref="RelayOpsException">One could not be had; nothing was changed.</exception>
    public async Task<ImmutableDictionary<string, PulledImage>> RunAsync(
        IEnumerable<(string Service, string Name)> images, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(Command(images), cancellationToken);
        return result.Succeeded ? Parse(result.Output) : throw new RelayOpsException(
            $"cannot pull on {host.Name}", FirstLine.Of(result.Exit.Error), "check the registry, the image's name in the compose file, and docker login there");
    }

    public static ImmutableDictionary<string, PulledImage> Parse(string output) => output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Where(words => words.Length >= 3)
        .Select(words => new PulledImage(words[0], words[1],
            DateTimeOffset.TryParse(words[2], CultureInfo.InvariantCulture, out var created) ? created : null,
            words.ElementAtOrDefault(3)?.Split(',').FirstOrDefault(digest => digest.StartsWith(RepositoryOf(words[0]) + "@", StringComparison.Ordinal))))
        .ToImmutableDictionary(image => image.Name);

    /// <summary>Without the tag; a colon before the last slash is a registry's port.</summary>
    private static string RepositoryOf(string name)
    {
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }
}
