using RelayOps.Core.Operations.Update;
using RelayOps.Core.Reporting;

/// <summary>What an update came to.</summary>
internal sealed partial class Outcome
{
    private UpdateOutcome? _update;

    /// <summary>Null where it was no update, or a dry run of one.</summary>
    private string? UpdateVerdict => _update switch
    {
        null => null,
        { IsDone: true } => $"updated {UpdatedServices}" + (_update.Downtime is { } downtime ? $" after {downtime.TotalSeconds:0.0} s without service" : ""),
        { Newer.IsEmpty: false } => $"a newer image is there for {UpdatedServices}",
        _ => "nothing is new",
    };

    private ReportedUpdate? ReportedUpdate => _update is { } update ? new ReportedUpdate(!update.Newer.IsEmpty, update.Newer) : null;

    private string UpdatedServices => string.Join(", ", _update!.Newer.Select(image => image.Service).Distinct());

    public void Updated(UpdateOutcome update, bool dryRun)
    {
        if (dryRun)
            return;
        _update = update;
        _figures = [new("Newer images", update.Newer.IsEmpty ? "none" : string.Join(", ", update.Newer.Select(image => image.Name).Distinct())),
            .. update.Keys is { } keys ? [new ReportFigure("Keys", RelayOps.Core.Reporting.Figures.Count(keys))] : Array.Empty<ReportFigure>(),
            .. update.Downtime is { } downtime ? [new ReportFigure("Downtime", $"{downtime.TotalSeconds:0.0} s")] : Array.Empty<ReportFigure>(),
            .. update.SafetyCopies.Count > 0
                ? [new ReportFigure("Safety copy", $"{string.Join(", ", update.SafetyCopies)} ({RelayOps.Core.Reporting.Figures.Bytes(update.SafetyCopyBytes)})")]
                : Array.Empty<ReportFigure>()];
    }
}
