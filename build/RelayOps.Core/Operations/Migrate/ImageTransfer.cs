using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// Has a new server own every image that the deployment runs, before anything is placed there: there already, pulled, or streamed from a
/// machine that has it, straight where that is possible, else through this one and without touching its disk.
/// </summary>
/// <param name="sources">In the order in which they are asked: the old server, this machine.</param>
public sealed class ImageTransfer(IHost host, DockerCli docker, IReadOnlyList<ImageSource> sources, IReporter reporter)
{
    private const int BufferBytes = 1 << 17;

    /// <summary>$1 image, $2 label, then docker's words. A container that stands for commands of this program keeps no image alive.</summary>
    private const string RemoveScript = """
        image=$1 label=$2
        shift 2
        standing=$("$@" ps -aq --filter "label=$label" --filter "ancestor=$image")
        [ -z "$standing" ] || "$@" rm -f $standing >/dev/null
        exec "$@" image rm "$image"
        """;

    /// <summary>From the first source; null where everything goes through this machine.</summary>
    internal DirectLink? Direct { get; init; }

    /// <summary>Of images, through this machine.</summary>
    public long Bytes { get; private set; }

    /// <exception cref="RelayOpsException">One can be had nowhere; those that came are removed again.</exception>
    public async Task<ImmutableArray<BroughtImage>> BringAsync(IReadOnlyList<WantedImage> images, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin($"images on {host.Name}");
        var brought = ImmutableArray.CreateBuilder<BroughtImage>();
        try
        {
            foreach (var image in images)
            {
                var there = await FoundImage.FindAsync(host, docker, image.Reference, cancellationToken);
                brought.Add(await BringAsync(image, there, cancellationToken) with { IsNew = there is null });
                reporter.Note($"image {image.Reference} {brought[^1].How}");
            }
        }
        catch
        {
            using var briefly = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await RemoveAsync(brought, briefly.Token);
            throw;
        }

        return brought.ToImmutable();
    }

    /// <summary>What a dry run says of them.</summary>
    public async Task<ImmutableArray<string>> ExplainAsync(IReadOnlyList<WantedImage> images, CancellationToken cancellationToken)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var image in images)
            lines.Add(await FoundImage.FindAsync(host, docker, image.Reference, cancellationToken) is { } there && image.IsSame(there)
                ? $"image {image.Reference} is there already"
                : $"on {host.Name}: {docker.Changing("pull", "-q", image.RepoDigests.FirstOrDefault() ?? image.Reference)}"
                    + string.Concat(sources.Select(source => $", else {source.Host.Name}: {source.Docker.Reading("save", image.Reference)} into {docker.Changing("load", "-q")}")));
        return lines.ToImmutable();
    }

    /// <summary>Those that were unknown there before; one that somebody else has begun to use stays.</summary>
    public async Task RemoveAsync(IEnumerable<BroughtImage> images, CancellationToken cancellationToken)
    {
        foreach (var image in images.Where(image => image.IsNew))
            if (await host.RunAsync(RemoveCommand(image), cancellationToken) is { Succeeded: false } failed)
                reporter.Warn($"image {image.Wanted.Reference} stays on {host.Name}: {FirstLine.Of(failed.Exit.Error)}");
    }

    private HostCommand RemoveCommand(BroughtImage image) =>
        HostCommand.ChangingScript(RemoveScript, [image.Wanted.Reference, ThrowawayContainer.Label, .. docker.Words]);

    private async Task<BroughtImage> BringAsync(WantedImage image, FoundImage? there, CancellationToken cancellationToken)
    {
        if (there is not null && image.IsSame(there))
            return new BroughtImage(image, there.Id, "was there");
        // Under another name, or left untagged by an update.
        if (image.Id is not null && await FoundImage.FindAsync(host, docker, image.Id, cancellationToken) is { } unnamed)
            return await TaggedAsync(image, unnamed.Id, "was there under another name", cancellationToken);
        var reasons = new List<string>();
        foreach (var digest in image.RepoDigests)
            if (await PullAsync(digest, reasons, cancellationToken) is { } exact)
                return await TaggedAsync(image, exact.Id, "was pulled by its digest", cancellationToken);
        var byName = await PullAsync(image.Reference, reasons, cancellationToken);
        if (byName is not null && image.IsSame(byName))
            return new BroughtImage(image, byName.Id, "was pulled");
        foreach (var source in sources)
            if (await CopyAsync(image, source, reasons, cancellationToken) is { } copied)
                return copied;
        if ((byName ?? there) is not { } other)
            throw new RelayOpsException($"image {image.Reference} is not on {host.Name} and cannot be had", string.Join("; ", reasons),
                $"let that server reach the registry, or get the image onto this machine (docker pull {image.Reference}, or docker load): it is copied from there");
        reporter.Warn($"{image.Reference} is another image on {host.Name} than it was: {Short(other.Id)}, not {Short(image.Id!)}, which can be had nowhere any more");
        return new BroughtImage(image, other.Id, byName is null ? "was there, another one than before" : "was pulled, another one than before");
    }

    private async Task<FoundImage?> PullAsync(string name, List<string> reasons, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(docker.Changing("pull", "-q", name), cancellationToken);
        if (result.Succeeded)
            return await FoundImage.FindAsync(host, docker, name, cancellationToken);
        reasons.Add($"pull {name}: {FirstLine.Of(result.Exit.Error)}");
        return null;
    }

    private async Task<BroughtImage?> CopyAsync(WantedImage image, ImageSource source, List<string> reasons, CancellationToken cancellationToken)
    {
        var named = await FoundImage.FindAsync(source.Host, source.Docker, image.Reference, cancellationToken);
        var exact = named is not null && image.IsSame(named) ? named
            : image.Id is null ? null : await FoundImage.FindAsync(source.Host, source.Docker, image.Id, cancellationToken);
        if (exact is null)
        {
            reasons.Add($"{source.Host.Name} {(named is null ? "does not have it" : $"has another one ({Short(named.Id)}) under that name")}");
            return null;
        }

        var here = (await host.RunAsync(docker.Reading("version", "--format", "{{.Server.Arch}}"), cancellationToken)).Output.Trim();
        if (here.Length > 0 && here != exact.Architecture)
        {
            reasons.Add($"{source.Host.Name} has it for {exact.Architecture}, {host.Name} is {here}");
            return null;
        }

        await StreamAsync(image, source, exact == named ? image.Reference : exact.Id, cancellationToken);
        var loaded = await FoundImage.FindAsync(host, docker, exact == named ? image.Reference : exact.Id, cancellationToken);
        // Stores of different kinds call the same image differently: what is in it decides.
        if (loaded is null || !loaded.Layers.SequenceEqual(exact.Layers))
            throw new RelayOpsException($"image {image.Reference} did not arrive on {host.Name} as it is on {source.Host.Name}",
                loaded is null ? "docker load has not kept it" : "its layers are others", "check docker's disk there, and try again");
        return await TaggedAsync(image, loaded.Id, $"was copied from {source.Host.Name}", cancellationToken);
    }

    /// <summary>Held back by the slower side: nothing is kept here but one buffer.</summary>
    private async Task StreamAsync(WantedImage image, ImageSource source, string name, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin($"copying {image.Reference} from {source.Host.Name}");
        if (source == sources[0] && Direct is { IsOpen: true } && await Direct.TrySendAsync(
            $"image {image.Reference}", "none", source.SaveCommand(name), default, docker.Changing("load", "-q"), phase, cancellationToken) is not null)
            return;
        await using var saving = await source.Host.StartAsync(source.SaveCommand(name), cancellationToken);
        await using var loading = await host.StartAsync(docker.Changing("load", "-q"), cancellationToken);
        var isTaken = true;
        try
        {
            await using var input = loading.Input;
            await new ProgressStream(saving.Output, Advance).CopyToAsync(input, BufferBytes, cancellationToken);
        }
        catch (IOException)
        {
            isTaken = false; // docker load has ended: its own words say why.
        }

        var loaded = await loading.WaitAsync(cancellationToken);
        var saved = isTaken ? await saving.WaitAsync(cancellationToken) : null;
        if (saved is { Succeeded: false })
            throw new RelayOpsException($"docker on {source.Host.Name} does not hand out {image.Reference}", FirstLine.Of(saved.Error), "try docker save there by hand");
        if (!loaded.Succeeded)
            throw new RelayOpsException($"docker on {host.Name} does not take {image.Reference}", FirstLine.Of(loaded.Error + saved?.Error), "check its disk, and try again");

        void Advance(long bytes)
        {
            Bytes += bytes;
            phase.Advance(bytes);
        }
    }

    private async Task<BroughtImage> TaggedAsync(WantedImage image, string id, string how, CancellationToken cancellationToken)
    {
        // A name with a digest is no name to give: docker knows the image by it already.
        if (!image.Reference.Contains('@') && (await FoundImage.FindAsync(host, docker, image.Reference, cancellationToken))?.Id != id
            && await host.RunAsync(docker.Changing("tag", id, image.Reference), cancellationToken) is { Succeeded: false } failed)
            throw new RelayOpsException($"cannot name image {image.Reference} on {host.Name}", FirstLine.Of(failed.Exit.Error), "try docker tag there by hand");
        return new BroughtImage(image, id, how);
    }

    private static string Short(string id) => id.Replace("sha256:", "", StringComparison.Ordinal) is { Length: > 12 } digits ? digits[..12] : id;
}
