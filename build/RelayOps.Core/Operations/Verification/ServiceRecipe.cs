using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>All that is taken from a backup to start its service: never its compose file, with its ports, builds and mounts.</summary>
public sealed record ServiceRecipe
{
    public const string RedisService = "redis";

    public const string AppService = "claude-relay";

    private const string StockData = "/app/data";

    /// <summary>The service ends at once without either.</summary>
    private static readonly ImmutableArray<string> Vital = ["JWT_SECRET", "ENCRYPTION_KEY"];

    /// <summary>Of the deployment itself: they must not lead the copy to anything.</summary>
    private static readonly ImmutableArray<string> Replaced = ["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_ENABLE_TLS", "HOST", "PORT", "BIND_HOST"];

    public required DrillLayout Layout { get; init; }

    public required ContainerImage Redis { get; init; }

    public required ContainerImage App { get; init; }

    /// <summary>What the backup's <c>.env</c> gives the service. Secrets.</summary>
    public required ImmutableSortedDictionary<string, string> Environment { get; init; }

    /// <summary>Where the service's container has <c>data</c>.</summary>
    public required string DataTarget { get; init; }

    /// <summary>What Redis must have loaded; null where nothing tells.</summary>
    public required DatasetCounts? Expected { get; init; }

    public required long DatasetBytes { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(ServiceRecipe);

    /// <returns>Or why there is none.</returns>
    internal static (ServiceRecipe? Recipe, string? Missing) For(BackupContent content, Dataset dataset, Findings findings, IComposeParser parser)
    {
        if (!content.Texts.TryGetValue(".env", out var text))
            return (null, "the archive has no .env");
        var env = DotEnv.Parse(text);
        if (Vital.FirstOrDefault(name => env.Find(name) is null) is { } absent)
            return (null, $"{absent} is not in .env, and the compose file is not run");
        var compose = FindCompose(content, parser);
        var images = content.Manifest?.Images is { Length: > 0 } noted ? noted : FromCompose(compose);
        if (images.FirstOrDefault(IsRedis) is not { } redis || images.FirstOrDefault(IsApp) is not { } app)
            return (null, "neither manifest nor compose file name the images of both Redis and the service");
        return (new ServiceRecipe
        {
            Layout = dataset.AppendFileName is { } name ? new DrillLayout(dataset.AppendDirectory, name) : DrillLayout.Dump,
            Redis = redis,
            App = app,
            Environment = Variables(env),
            DataTarget = compose?.Services.SelectMany(service => service.Binds).FirstOrDefault(bind => bind.Source.TrimEnd('/') is "./data")?.Target ?? StockData,
            Expected = content.Manifest?.Redis is null ? null : findings.Counts,
            DatasetBytes = content.Entries.Where(entry => entry.Path.StartsWith("redis_data/", StringComparison.Ordinal)).Sum(entry => entry.Size),
        }, null);
    }

    /// <summary>The database that the service uses.</summary>
    internal static int Database(BackupContent content) =>
        content.Texts.TryGetValue(".env", out var text) && int.TryParse(DotEnv.Parse(text).Find("REDIS_DB"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : 0;

    /// <summary>Docker reads them line by line, so what has several lines cannot be handed on.</summary>
    private static ImmutableSortedDictionary<string, string> Variables(DotEnv env) => env.Values
        .Where(pair => !Replaced.Contains(pair.Key) && pair.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !pair.Value.AsSpan().ContainsAny('\r', '\n', '\0'))
        .Concat([new("REDIS_HOST", "127.0.0.1"), new("REDIS_PORT", "6379"), new("REDIS_PASSWORD", ""), new("REDIS_ENABLE_TLS", ""), new("HOST", "127.0.0.1"), new("PORT", "3000")])
        .ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static ComposeFile? FindCompose(BackupContent content, IComposeParser parser)
    {
        try
        {
            return ComposeFile.Names.FirstOrDefault(content.Texts.ContainsKey) is { } name ? parser.Parse(content.Texts[name]) : null;
        }
        catch (RelayOpsException unusable) when (unusable.Status == ExitStatus.BadBackup)
        {
            // The check of the configuration has told it.
            return null;
        }
    }

    private static ImmutableArray<ContainerImage> FromCompose(ComposeFile? compose) =>
        [.. (compose?.Services ?? []).Where(service => service.Image is { } image && !image.Contains('$', StringComparison.Ordinal))
            .Select(service => new ContainerImage(service.Name, service.Image!, "", []))];

    private static bool IsRedis(ContainerImage image) => image.Service == RedisService || Repository(image.Image) is "redis" or "valkey";

    private static bool IsApp(ContainerImage image) => image.Service == AppService || Repository(image.Image).Contains("claude-relay", StringComparison.Ordinal);

    /// <summary>The last word of its name: <c>redis</c> of <c>docker.io/library/redis:7-alpine</c>.</summary>
    private static string Repository(string image) => image.Split('@')[0].Split('/')[^1].Split(':')[0];
}
