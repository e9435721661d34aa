using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>A container that gets another image under the same name.</summary>
/// <param name="Service">What compose calls it.</param>
/// <param name="Container">Its name, which outlives what compose makes anew.</param>
/// <param name="Name">The image as the compose file has it, variables filled in, e.g. <c>weishaw/claude-relay-service:latest</c>.</param>
/// <param name="Former">The id of the image it ran before.</param>
/// <param name="Next">The id of the image it is to run.</param>
public sealed record ExchangedImage(string Service, string Container, string Name, string Former, string Next);

/// <summary>
/// Has an image's name mean another image, and back. Only while the service is stopped for it does the name mean the newer one, so that
/// nobody's <c>docker compose up</c> starts a version that no operation watches.
/// </summary>
public static class ImageExchange
{
    /// <summary>The former image gets a name of its own first: without one, the next prune of images would take it.</summary>
    private const string ForwardScript = Common + """
        while [ $# -ge 4 ]; do
          $docker tag "$3" "$kept:$1-$stamp" && $docker tag "$4" "$2" || exit 70
          shift 4
        done
        """;

    private const string BackScript = Common + """
        while [ $# -ge 4 ]; do
          $docker tag "$3" "$2" || exit 70
          $docker rmi "$kept:$1-$stamp" >/dev/null 2>&1
          shift 4
        done
        exit 0
        """;

    /// <summary>$1 words of docker, docker, repository of kept images, stamp, then service, name, former and next id of each.</summary>
    private const string Common = """
        words=$1
        shift
        docker=
        while [ "$words" -gt 0 ]; do docker="$docker $1"; shift; words=$((words - 1)); done
        kept=$1 stamp=$2
        shift 2

        """;

    public static HostCommand Forward(DockerCli docker, string kept, string stamp, ImmutableArray<ExchangedImage> images) =>
        HostCommand.ChangingScript(ForwardScript, Words(docker, kept, stamp, images));

    public static HostCommand Back(DockerCli docker, string kept, string stamp, ImmutableArray<ExchangedImage> images) =>
        HostCommand.ChangingScript(BackScript, Words(docker, kept, stamp, images));

    private static string[] Words(DockerCli docker, string kept, string stamp, ImmutableArray<ExchangedImage> images) =>
    [
        docker.Words.Length.ToString(CultureInfo.InvariantCulture), .. docker.Words, kept, stamp,
        .. images.SelectMany(image => new[] { image.Service, image.Name, image.Former, image.Next }),
    ];
}
