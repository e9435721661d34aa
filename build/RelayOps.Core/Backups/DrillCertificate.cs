using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Backups;

/// <summary>What a catalogue record keeps of the newest drill that went well.</summary>
/// <param name="RtoSeconds">From opening the archive to a healthy service; null where the service itself was not started.</param>
public sealed record DrillFacts(DateTimeOffset At, double? RtoSeconds);

/// <summary><c>&lt;archive&gt;.drill.json</c>: what was brought up from a backup, where, with what and how fast, and what that does not prove. No secrets.</summary>
public sealed record DrillCertificate
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public required string BackupId { get; init; }

    public required string Archive { get; init; }

    /// <summary>Of the archive as it was read; lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Where it was read from, as in <c>--store</c>.</summary>
    public required string Store { get; init; }

    public required DateTimeOffset DrilledAt { get; init; }

    public required DrillWitness By { get; init; }

    /// <summary>The Redis that loaded every layout, e.g. <c>redis-server 7.0.15</c>.</summary>
    public required string Redis { get; init; }

    /// <summary>Of the service that was started; empty where it was not.</summary>
    public required ImmutableArray<DrilledImage> Images { get; init; }

    public required DatasetCounts? Counts { get; init; }

    public required ApiKeyMap? ApiKeys { get; init; }

    /// <summary>Account secrets that the backup's own key opens, by kind; never a value.</summary>
    public required ImmutableSortedDictionary<string, long>? DecryptedSecrets { get; init; }

    /// <summary>Null where the service was not started.</summary>
    public required DrilledAnswers? Service { get; init; }

    /// <summary>One behind the other.</summary>
    public required ImmutableArray<DrillPhase> Phases { get; init; }

    /// <inheritdoc cref="DrillFacts.RtoSeconds"/>
    public required double? RtoSeconds { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>What was not proven, and why.</summary>
    public required ImmutableArray<string> NotProven { get; init; }

    [JsonIgnore]
    public DrillFacts Facts => new(DrilledAt, RtoSeconds);

    /// <summary>UTF-8, indented, ending in a line feed.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, CertificateContext.Instance.DrillCertificate), (byte)'\n'];
}

/// <param name="Tool">E.g. <c>RelayOps 0.1.0</c>.</param>
/// <param name="Run">Of a workflow, e.g. <c>1234567</c>; null elsewhere.</param>
public sealed record DrillWitness(string Tool, string Host, string? Run);

/// <param name="Reference">As it was found here: an id, a digest or a name.</param>
/// <param name="BackupImageId">What the deployment ran when it was backed up; null where the archive does not say.</param>
public sealed record DrilledImage(string Service, string Reference, string ImageId, string? BackupImageId)
{
    /// <summary>Whether it is the very image of the backup.</summary>
    public bool IsTheBackups => ImageId == BackupImageId;
}

/// <param name="RedisStatus"><c>components.redis.status</c> of <c>/health</c>.</param>
/// <param name="MadeUpKey">The HTTP status for an API key that nobody has; null where no answer could be read.</param>
/// <param name="PlantedKey">The same for one whose hash was entered for a stored record; null where none could be.</param>
public sealed record DrilledAnswers(string RedisStatus, int? MadeUpKey, int? PlantedKey);

public sealed record DrillPhase(string Name, double Seconds);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DrillCertificate))]
internal sealed partial class CertificateContext : JsonSerializerContext
{
    public static readonly CertificateContext Instance = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
