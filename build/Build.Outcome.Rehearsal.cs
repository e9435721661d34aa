using System.Globalization;
using RelayOps.Core.Reporting;

/// <summary>What a rehearsal came to.</summary>
internal sealed partial class Outcome
{
    private ReportedRehearsal? _rehearsal;

    public void Rehearsed(ReportedRehearsal rehearsal)
    {
        _rehearsal = rehearsal;
        _verdict = $"rehearsed with {rehearsal.With ?? "files alone"}: " + string.Join(", ", rehearsal.Steps.Select(step => step.Name));
        _figures = [new("With", rehearsal.With ?? "files alone"),
            .. rehearsal.Steps.Select(step => new ReportFigure(step.Name, step.Seconds.ToString("0.0 s", CultureInfo.InvariantCulture)))];
    }
}
