using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>
/// Images that this deployment's services ran before, under names of ours: <c>relayops/kept-&lt;deployment&gt;:&lt;service&gt;-&lt;stamp&gt;</c>.
/// Another deployment on the same docker has a repository of its own, and images without such a name are nobody's business here.
/// </summary>
public sealed class KeptImages(IHost host, DockerCli docker, string serverId)
{
    public const int Newest = 2;

    private const int StampLength = 15;

    /// <summary>
    /// $1 words of docker, docker, then names. An image that no name is left for goes too, unless a container still has it: docker refuses that itself.
    /// </summary>
    private const string RemoveScript = """
        words=$1
        shift
        docker=
        while [ "$words" -gt 0 ]; do docker="$docker $1"; shift; words=$((words - 1)); done
        failed=0
        for name do
          id=$($docker image inspect -f '{{.Id}}' "$name") || continue
          $docker rmi "$name" >/dev/null || { failed=1; continue; }
          if [ "$($docker image inspect -f '{{len .RepoTags}}' "$id" 2>/dev/null)" = 0 ]; then $docker rmi "$id" >/dev/null 2>&1; fi
        done
        exit $failed
        """;

    public string Repository => RepositoryOf(serverId);

    public static string RepositoryOf(string serverId) => $"relayops/kept-{serverId}";

    /// <summary>Which tags go: for each service all but the newest, and never one that a safety copy needs to be worth anything.</summary>
    /// <param name="tags">E.g. <c>claude-relay-20250805_142530</c>.</param>
    /// <param name="needed">Stamps of safety copies that are still there.</param>
    public static ImmutableArray<string> Superfluous(IEnumerable<string> tags, IReadOnlySet<string> needed) =>
        [.. tags.Where(tag => tag.Length > StampLength + 1).GroupBy(tag => tag[..^(StampLength + 1)])
            .SelectMany(service => service.OrderByDescending(tag => tag, StringComparer.Ordinal).Skip(Newest))
            .Where(tag => !needed.Contains(tag[^StampLength..])).Order(StringComparer.Ordinal)];

    /// <returns>How many images of former versions are left.</returns>
    public async Task<int> PruneAsync(IReadOnlySet<string> needed, IReporter reporter, CancellationToken cancellationToken)
    {
        var listed = await host.RunAsync(docker.Reading("images", "--format", "{{.Tag}}", Repository), cancellationToken);
        var tags = listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var superfluous = Superfluous(tags, needed);
        if (superfluous.IsEmpty)
            return tags.Length;
        var result = await host.RunAsync(RemoveCommand([.. superfluous.Select(tag => $"{Repository}:{tag}")]), cancellationToken);
        if (result.Succeeded)
            reporter.Note($"{superfluous.Length} images of versions before the last {Newest} were removed");
        else
            reporter.Warn($"old images could not be removed: {FirstLine.Of(result.Exit.Error)}");
        return tags.Length - superfluous.Length;
    }

    public HostCommand RemoveCommand(params ReadOnlySpan<string> names) => HostCommand.ChangingScript(
        RemoveScript, [docker.Words.Length.ToString(CultureInfo.InvariantCulture), .. docker.Words, .. names]);
}
