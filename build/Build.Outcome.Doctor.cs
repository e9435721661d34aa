using System.Collections.Immutable;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Reporting;

/// <summary>What Doctor came to.</summary>
internal sealed partial class Outcome
{
    private DoctorReport? _examined;

    public void Examined(DoctorReport report)
    {
        _examined = report;
        _figures = [.. Tell(report)];
    }

    private ImmutableArray<ReportedCheck> Checks => _examined?.Reported(text => text) ?? [];

    /// <summary>Warnings show on a job's page as the errors do.</summary>
    private IEnumerable<string> ExaminedWarnings => _examined?.Results.Where(result => result.Outcome == CheckOutcome.Warning)
        .Select(result => $"{result.Check.Id}: {result.Judgement.Found}: {result.Judgement.Next}") ?? [];

    private static IEnumerable<ReportFigure> Tell(DoctorReport report)
    {
        yield return new("Checks", $"{report.Results.Length}");
        yield return new("Errors", $"{report.Count(CheckOutcome.Error)}");
        yield return new("Warnings", $"{report.Count(CheckOutcome.Warning)}");
        yield return new("Not checked", $"{report.Count(CheckOutcome.NotChecked)}");
        if (!report.Mended.IsEmpty)
            yield return new("Mended", $"{report.Mended.Length}");
    }
}
