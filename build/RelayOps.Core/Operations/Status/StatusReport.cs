using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Status;

/// <summary>What Status found; with <c>--json</c> the document on standard output.</summary>
public sealed record StatusReport
{
    public required DateTimeOffset CheckedAt { get; init; }

    public required long MaxAgeSeconds { get; init; }

    /// <summary>The newest; null where no store has one.</summary>
    public required BackupAge? VerifiedBackup { get; init; }

    public required BackupAge? DrilledBackup { get; init; }

    /// <summary>Null where no server was named, or it could not be looked at.</summary>
    public required ServerStatus? Server { get; init; }

    /// <summary>Empty where all is well.</summary>
    public required ImmutableArray<ReportedError> Problems { get; init; }

    [JsonIgnore]
    public ExitStatus Status { get; init; }

    /// <summary>Of the run, as in every other document.</summary>
    [JsonPropertyName("exitStatus")]
    public int ExitCode => (int)Status;

    /// <summary>All problems as one; null where all is well.</summary>
    public ReportedError? Error =>
        Problems is [var first, ..] ? new ReportedError(Join(problem => problem.What), Join(problem => problem.Why), first.Next) : null;

    /// <exception cref="RelayOpsException">Something is wrong.</exception>
    public void Demand()
    {
        if (Error is { } error)
            throw new RelayOpsException(error.What, error.Why, error.Next, Status);
    }

    /// <summary>One object, with a newline at its end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StatusContext.Default.StatusReport) + "\n";

    private string Join(Func<ReportedError, string> text) => string.Join("; ", Problems.Select(text));
}

/// <param name="Id">E.g. <c>20250805_142530</c>.</param>
public sealed record BackupAge(string Id, long AgeSeconds, string Store);

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusContext : JsonSerializerContext;
