using RelayOps.Core.Operations.Migrate;
using RelayOps.Core.Reporting;

/// <summary>What a migration came to.</summary>
internal sealed partial class Outcome
{
    private MoveOutcome? _move;

    public void Moved(MoveOutcome move)
    {
        _move = move;
        _figures = move.MovedTo is not { } place ? [] : [new("Moved to", place.ToString()),
            .. move.Keys is { } keys ? [new ReportFigure("Keys", RelayOps.Core.Reporting.Figures.Count(keys))] : Array.Empty<ReportFigure>(),
            .. move.ComparedKeys is { } compared ? [new ReportFigure("Compared", $"{RelayOps.Core.Reporting.Figures.Count(compared)} keys by value")] : Array.Empty<ReportFigure>(),
            .. move.BytesStraight > 0 ? [new ReportFigure("Sent straight", RelayOps.Core.Reporting.Figures.Bytes(move.BytesStraight)),
                new ReportFigure("Sent through here", RelayOps.Core.Reporting.Figures.Bytes(move.BytesThroughHere))] : Array.Empty<ReportFigure>(),
            .. Downtime is { } downtime ? [new ReportFigure("Downtime", RelayOps.Core.Reporting.Figures.Duration(downtime))] : Array.Empty<ReportFigure>(),
            .. move.Downtime.Select(phase => new ReportFigure($"  {phase.Name}", RelayOps.Core.Reporting.Figures.Duration(phase.Time)))];
    }

    private TimeSpan? Downtime => _move is { Downtime.IsEmpty: false } ? _move.Downtime.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Time) : null;

    private string? MoveVerdict => _move is not { MovedTo: { } place } ? null
        : $"the service is now in {place}" + (Downtime is { } downtime ? $" after {downtime.TotalSeconds:0.0} s without service" : "");

    private OperationReport CompleteMove(OperationReport report) => _move is null ? report : report with
    {
        MovedTo = _move.MovedTo?.ToString(),
        MovedBytes = _move.MovedTo is null ? null : new ReportedMovedBytes(_move.BytesStraight, _move.BytesThroughHere),
        DowntimeSeconds = Downtime?.TotalSeconds,
        DowntimeByPhase = [.. _move.Downtime.Select(phase => new ReportedPhase(phase.Name, Math.Round(phase.Time.TotalSeconds, 3), null))],
    };
}
