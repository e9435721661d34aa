using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>What later steps of a job read: the names are the contract's. A value that does not apply is empty.</summary>
public static class StepOutputs
{
    public static IReadOnlyList<(string Name, string Value)> Of(OperationReport report) =>
    [
        ("backup-id", report.Backup?.BackupId ?? ""),
        ("archive", report.Backup?.Archive ?? ""),
        ("sha256", report.Backup?.Sha256 ?? ""),
        ("size-bytes", report.Backup?.SizeBytes.ToString(CultureInfo.InvariantCulture) ?? ""),
        ("encrypted", report.Backup is { } backup ? Flag(backup.Encrypted) : ""),
        ("verified", report.Backup?.Verified ?? ""),
        ("downtime-seconds", report.DowntimeSeconds?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ("rolled-back", report.RolledBack is { } back ? Flag(back) : ""),
        // What the workflow's next step may upload: empty unless STORE names artifact and that store would take this very backup.
        ("artifact", report.Backup is { } left && left.LeftToWorkflow.Contains(ArtifactStore.StoreName) ? left.Archive : ""),
        ("certificate", report.Certificate ?? ""),
        ("rto-seconds", report.RtoSeconds?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ("update-available", report.Update is { } update ? Flag(update.Available) : ""),
    ];

    /// <summary>In the form of the file that <c>GITHUB_OUTPUT</c> names.</summary>
    public static string Format(OperationReport report)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Of(report))
        {
            if (value.AsSpan().ContainsAny('\r', '\n'))
                AppendLines(text, name, value);
            else
                text.Append($"{name}={value}\n");
        }

        return text.ToString();
    }

    /// <summary>Nobody can guess the delimiter, so no value can end itself and begin another output.</summary>
    private static void AppendLines(StringBuilder text, string name, string value)
    {
        var delimiter = $"relayops-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        text.Append($"{name}<<{delimiter}\n{value}\n{delimiter}\n");
    }

    private static string Flag(bool value) => value ? "true" : "false";
}
