using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Reporting;

/// <summary>What a drill came to.</summary>
internal sealed partial class Outcome
{
    private VerificationReport? _drilled;

    private OperationReport WithDrill(OperationReport report) =>
        report with { RtoSeconds = _drilled?.Drill?.RtoSeconds, Certificate = _drilled?.Certificate };

    private ReportFigure[] Drilled(VerificationReport report, IReporter reporter)
    {
        _drilled = report;
        if (report.Drill is not { } drill)
            return [];
        foreach (var lack in drill.NotProven)
            reporter.Note($"not proven: {lack}");
        return [.. drill.RtoSeconds is { } rto ? [new ReportFigure("RTO", RelayOps.Core.Reporting.Figures.Duration(TimeSpan.FromSeconds(rto)))] : Array.Empty<ReportFigure>(),
            .. report.Certificate is { } path ? [new ReportFigure("Certificate", path)] : Array.Empty<ReportFigure>()];
    }
}
