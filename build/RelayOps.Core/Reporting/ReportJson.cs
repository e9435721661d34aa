using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RelayOps.Core.Reporting;

/// <summary><c>report.json</c>: indented, camelCase, properties in the record's own order; absent values are null.</summary>
public static class ReportJson
{
    public static byte[] Write(OperationReport report) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(report, ReportContext.Default.OperationReport), (byte)'\n'];
}

/// <summary>A report's texts, each put through the same function: masked and neutralised once, for every output.</summary>
public static class ReportTexts
{
    public static OperationReport Map(OperationReport report, Func<string, string> change) => report with
    {
        Operation = change(report.Operation),
        Verdict = change(report.Verdict),
        Error = report.Error is { } error ? new ReportedError(change(error.What), change(error.Why), change(error.Next)) : null,
        Phases = [.. report.Phases.Select(phase => phase with { Name = change(phase.Name) })],
        Warnings = [.. report.Warnings.Select(change)],
        MovedTo = report.MovedTo is { } place ? change(place) : null,
        Certificate = report.Certificate is { } certificate ? change(certificate) : null,
        Log = [.. report.Log.Select(change)],
        Retention = report.Retention is not { } retention ? null : retention with
        {
            Decisions = [.. retention.Decisions.Select(decision => decision with { Store = change(decision.Store), Reason = change(decision.Reason) })],
            NextExpiry = retention.NextExpiry is { } expiry ? expiry with { Store = change(expiry.Store) } : null,
        },
        Restore = report.Restore is not { } restore ? null : restore with { SafetyCopies = [.. restore.SafetyCopies.Select(change)] },
        Checks = [.. report.Checks.Select(check => check with { Found = change(check.Found), Next = check.Next is { } next ? change(next) : null })],
        Usage = report.Usage is not { } usage ? null : usage with
        {
            Growth = change(usage.Growth),
            Entries = [.. usage.Entries.Select(entry => entry with { Name = change(entry.Name) })],
        },
        Backup = report.Backup is not { } backup ? null : backup with
        {
            Archive = change(backup.Archive),
            SignedBy = backup.SignedBy is { } signer ? change(signer) : null,
            Stores = [.. backup.Stores.Select(change)],
            LeftToWorkflow = [.. backup.LeftToWorkflow.Select(change)],
            DecryptedSecrets = backup.DecryptedSecrets?.ToImmutableSortedDictionary(pair => change(pair.Key), pair => pair.Value, StringComparer.Ordinal),
        },
        Update = report.Update is not { } update ? null
            : update with { Images = [.. update.Images.Select(image => image with { Service = change(image.Service), Name = change(image.Name) })] },
    };
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OperationReport))]
internal sealed partial class ReportContext : JsonSerializerContext;
