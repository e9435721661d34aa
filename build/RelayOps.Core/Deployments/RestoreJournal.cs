using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RelayOps.Core.Deployments;

/// <summary>How far an exchange of data came; each is written and synced before what it names begins.</summary>
public enum RestorePhase
{
    /// <summary>New files are brought beside the old ones; the service runs.</summary>
    Staging,

    /// <summary>The service is being stopped, the files exchanged, the service started on the new ones.</summary>
    Switching,

    /// <summary>The new files have their names; nothing has been proven about them yet.</summary>
    Switched,

    /// <summary>The service is healthy on its new data: from here on an interrupted run is finished, not undone.</summary>
    Accepted,
}

/// <summary><c>.relayops/journal.json</c>: what is needed to finish or undo an operation that somebody else began. No secrets.</summary>
public sealed record RestoreJournal
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary><c>Restore</c>, <c>Update</c>, <c>Rollback</c> or <c>Migrate</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Names the safety copies: <c>YYYYMMDD_HHMMSS</c>.</summary>
    public required string Stamp { get; init; }

    /// <summary>The backup that is put back; null for a rollback.</summary>
    public string? BackupId { get; init; }

    public required RestorePhase Phase { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required ImmutableArray<ExchangedItem> Items { get; init; }

    /// <summary>Names of the containers that ran, in the order in which they are started: Redis first. Names outlive what compose makes anew.</summary>
    public required ImmutableArray<string> Running { get; init; }

    /// <summary>Their compose services, in the same order.</summary>
    public ImmutableArray<string> Services { get; init; } = [];

    /// <summary>What compose calls all of them together.</summary>
    public string? Project { get; init; }

    /// <summary>Redis is stopped for it.</summary>
    public required bool Redis { get; init; }

    /// <summary>The Redis that is stopped and started on the server itself; null where it runs in a container, or not at all.</summary>
    public NativeRedis? Native { get; init; }

    /// <summary>Containers are made anew by compose, since what compose reads changes.</summary>
    public bool Recreates { get; init; }

    /// <summary>What takes the names in the deployment is a copy of what has them, made once everything is stopped.</summary>
    public bool Copies { get; init; }

    /// <summary>Containers that get another image; they are made anew by compose.</summary>
    public ImmutableArray<ExchangedImage> Images { get; init; } = [];

    /// <summary>Where new files wait, relative to the deployment's directory; nothing is there for a rollback.</summary>
    public string Staging => $".relayops/staging-{Stamp}";

    /// <summary>The stamp of the restore or update that a rollback undoes.</summary>
    public string? Undoes { get; init; }

    /// <summary>Where the service goes; null for whatever stays on this server.</summary>
    public NewPlace? MovedTo { get; init; }

    /// <summary>Containers whose restart policy was <c>always</c> and is <c>no</c> while they are stopped: at a reboot docker would start them.</summary>
    public ImmutableArray<string> ComingBack { get; init; } = [];

    public bool Ran(Container container) => Running.Contains(container.Name);

    /// <summary>Compose makes it anew.</summary>
    public bool Replaces(Container container) => Recreates || Images.Any(image => image.Container == container.Name);

    public string ToText() => JsonSerializer.Serialize(this, RestoreJournalJson.Default.RestoreJournal);

    /// <exception cref="RelayOpsException">It is no journal of this version.</exception>
    public static RestoreJournal Parse(string text)
    {
        try
        {
            var journal = JsonSerializer.Deserialize(text, RestoreJournalJson.Default.RestoreJournal);
            if (journal is { Format: CurrentFormat } && !journal.Items.IsDefault && !journal.Running.IsDefault && !journal.Services.IsDefault)
                // What is absent comes as no array at all, whatever the property begins with.
                return journal with
                {
                    Images = journal.Images.IsDefault ? [] : journal.Images,
                    ComingBack = journal.ComingBack.IsDefault ? [] : journal.ComingBack,
                };
        }
        catch (JsonException)
        {
            // Told below, together with a journal of another version.
        }

        throw new RelayOpsException("cannot read the journal .relayops/journal.json of an earlier operation",
            "it is damaged, or of a newer version of RelayOps", "use the version that wrote it; look at the deployment's *.bak.* names by hand");
    }
}

/// <param name="Server">As the operator named it.</param>
/// <param name="Path">The deployment's directory there.</param>
public sealed record NewPlace(string Server, string Path)
{
    public override string ToString() => $"{Path} on {Server}";
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RestoreJournal))]
internal sealed partial class RestoreJournalJson : JsonSerializerContext;
