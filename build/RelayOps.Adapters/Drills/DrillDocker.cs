using System.Text.Json;
using RelayOps.Adapters.Hosts;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Drills;

/// <summary>This machine's docker, as a drill uses it: by image id, never by a deployment's names. What it starts bears a label that names its drill.</summary>
internal sealed class DrillDocker(IHost host, DockerCli cli, RedisServerDrillOptions options) : IAsyncDisposable
{
    public const string Label = "relayops.drill";

    public IHost Host => host;

    public DockerCli Cli => cli;

    /// <summary>Null where there is none that this user may use.</summary>
    public static async Task<DrillDocker?> FindAsync(RedisServerDrillOptions options, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || options.Docker != RedisServerDrillOptions.DefaultDocker)
            return null;
        var host = await LocalHost.OpenAsync(new HostTimeouts(), options.Time, cancellationToken);
        foreach (var needsSudo in new[] { false, true })
        {
            var cli = new DockerCli(needsSudo);
            if ((await host.RunAsync(cli.Reading("version", "--format", "{{.Server.Version}}"), cancellationToken)).Succeeded)
                return new DrillDocker(host, cli, options);
        }

        await host.DisposeAsync();
        return null;
    }

    /// <summary>Removes the containers of drills whose process has gone.</summary>
    public async Task RemoveAbandonedAsync(CancellationToken cancellationToken)
    {
        var listed = await host.RunAsync(cli.Reading("ps", "-a", "--no-trunc", "--filter", $"label={Label}", "--format", $"{{{{.ID}}}} {{{{.Label \"{Label}\"}}}}"), cancellationToken);
        var abandoned = listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .Where(words => words is [_, var drill] && DrillDirectory.IsAbandoned(drill)).Select(words => words[0]).ToArray();
        if (abandoned.Length > 0)
            await host.RunAsync(cli.Changing(["rm", "-f", "-v", .. abandoned]), cancellationToken);
    }

    /// <summary>The backup's own image where it is there, by id or digest; else what has its name. Null where nothing has.</summary>
    public async Task<DrilledImage?> FindImageAsync(ContainerImage image, CancellationToken cancellationToken)
    {
        string[] references = [.. image.ImageId.Length > 0 ? [image.ImageId] : Array.Empty<string>(), .. image.RepoDigests, image.Image];
        foreach (var reference in references)
        {
            if (await FindIdAsync(reference, cancellationToken) is { } id && (reference != image.Image || !options.PullImages))
                return Found(image, reference, id);
        }

        foreach (var reference in options.PullImages ? [.. image.RepoDigests, image.Image] : Array.Empty<string>())
        {
            await host.RunAsync(cli.Changing("pull", "--quiet", reference), cancellationToken);
            if (await FindIdAsync(reference, cancellationToken) is { } id)
                return Found(image, reference, id);
        }

        return null;
    }

    /// <summary>What the image runs, entry point first.</summary>
    public async Task<IReadOnlyList<string>> EntryAsync(string imageId, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(cli.Reading("image", "inspect", "--format", "[{{json .Config.Entrypoint}},{{json .Config.Cmd}}]", imageId), cancellationToken);
        using var words = JsonDocument.Parse(result.Output);
        return [.. words.RootElement.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Array)
            .SelectMany(part => part.EnumerateArray()).Select(word => word.GetString()!)];
    }

    /// <returns>Null when it runs, else what docker said.</returns>
    public async Task<string?> FindFailureAsync(IReadOnlyList<string> run, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(cli.Changing([.. run]), input, cancellationToken);
        return result.Succeeded ? null : FirstLine.Of(result.Exit.Error);
    }

    public async Task RemoveAsync(IReadOnlyList<string> containers)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await host.RunAsync(cli.Changing(["rm", "-f", "-v", .. containers]), patience.Token);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static DrilledImage Found(ContainerImage image, string reference, string id) =>
        new(image.Service, reference, id, image.ImageId.Length > 0 ? image.ImageId : null);

    private async Task<string?> FindIdAsync(string reference, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(cli.Reading("image", "inspect", "--format", "{{.Id}}", reference), cancellationToken);
        return result.Succeeded ? result.Output.Trim() : null;
    }
}
