using RelayOps.Core.Operations.Status;
using RelayOps.Core.Reporting;

/// <summary>What Status saw.</summary>
internal sealed partial class Outcome
{
    private StatusReport? _status;

    private string? StatusVerdict => _status?.VerifiedBackup is not { } backup ? null
        : $"newest verified backup {backup.Id} is {AgeOf(backup)} old" + (_status.Server is { } server ? $", the service is {server.Health}" : "");

    public void Seen(StatusReport status)
    {
        _status = status;
        _figures =
        [
            .. status.Server is { } server ? [new ReportFigure("Service", server.Health), new ReportFigure("Redis", server.Redis is null ? "down" : "up")] : Array.Empty<ReportFigure>(),
            new("Verified backup", status.VerifiedBackup is { } verified ? $"{verified.Id}, {AgeOf(verified)} old" : "none"),
            new("Drilled backup", status.DrilledBackup is { } drilled ? $"{drilled.Id}, {AgeOf(drilled)} old" : "none"),
        ];
    }

    private static string AgeOf(BackupAge backup) => RelayOps.Core.Reporting.Figures.Age(TimeSpan.FromSeconds(backup.AgeSeconds));
}
