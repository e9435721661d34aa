using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Usage;

/// <summary>What docker keeps for the deployment's containers outside of its directory.</summary>
public static class DockerUsage
{
    /// <summary>$1 how many words docker is, docker, how many images, they, then containers. Docker's logs are root's: read where that costs nothing.</summary>
    private const string Script = """
        words=$1
        shift
        docker=
        while [ "$words" -gt 0 ]; do docker="$docker $1"; shift; words=$((words - 1)); done
        images=$1
        shift
        while [ "$images" -gt 0 ]; do
          $docker image inspect -f 'image {{.Size}} {{.Id}}' "$1" 2>/dev/null
          shift; images=$((images - 1))
        done
        for id do
          log=$($docker inspect -f '{{.LogPath}}' "$id" 2>/dev/null)
          [ -n "$log" ] || continue
          size=$(stat -c %s "$log" 2>/dev/null || sudo -n stat -c %s "$log" 2>/dev/null) || continue
          printf 'log %s %s\n' "$size" "$id"
        done
        exit 0
        """;

    public static HostCommand Command(DockerCli docker, IReadOnlyList<Container> containers)
    {
        string[] images = [.. containers.Select(container => container.ImageId).Where(id => id.Length > 0).Distinct()];
        return HostCommand.ReadingScript(Script,
            [Number(docker.Words.Length), .. docker.Words, Number(images.Length), .. images, .. containers.Select(container => container.Id)]);
    }

    /// <summary>Images and logs by name, e.g. <c>image redis:7</c>; nothing where docker is absent.</summary>
    public static async Task<ImmutableArray<UsedSpace>> TakeAsync(
        IHost host, ServerSurvey survey, IReadOnlyList<Container> containers, CancellationToken cancellationToken)
    {
        if (survey.Docker is not { } docker || containers.Count == 0)
            return [];
        var result = await host.RunAsync(Command(docker, containers), cancellationToken);
        return Parse(result.Output, containers);
    }

    public static ImmutableArray<UsedSpace> Parse(string output, IReadOnlyList<Container> containers) =>
        [.. output.Split('\n').Select(line => line.TrimEnd('\r').Split(' ')).Where(words => words.Length == 3).Select(words => Describe(words, containers)).OfType<UsedSpace>()
            .OrderByDescending(used => used.Bytes).ThenBy(used => used.Name, StringComparer.Ordinal)];

    private static UsedSpace? Describe(string[] words, IReadOnlyList<Container> containers)
    {
        var name = words[0] switch
        {
            "image" => containers.FirstOrDefault(container => container.ImageId == words[2]) is { } of ? $"image {of.Image}" : null,
            "log" => containers.FirstOrDefault(container => container.Id == words[2]) is { } of ? $"docker's log of {of.Service ?? of.Name}" : null,
            _ => null,
        };
        return name is not null && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? new UsedSpace(name, bytes) : null;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
