using System.Collections.Immutable;
using RelayOps.Adapters.Stores;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>Where a report goes; what is null is left out.</summary>
public sealed record ReportDestinations
{
    /// <summary>Full path of <c>report.json</c>.</summary>
    public string? ReportPath { get; init; }

    /// <summary>The file that <c>GITHUB_STEP_SUMMARY</c> names.</summary>
    public string? JobSummaryPath { get; init; }

    /// <summary>The file that <c>GITHUB_OUTPUT</c> names.</summary>
    public string? StepOutputPath { get; init; }

    /// <summary>Read by the runner for commands; annotations go there.</summary>
    public TextWriter? RunnerCommands { get; init; }

    public required SecretMask Mask { get; init; }

    /// <param name="environment">Looks up an environment variable.</param>
    /// <param name="output">Standard output, which GitHub's runner reads; standard error with <c>--json</c>, which it reads as well.</param>
    public static ReportDestinations From(Func<string, string?> environment, TextWriter output, string? reportPath, SecretMask mask)
    {
        var isGitHub = environment("GITHUB_ACTIONS") == "true";
        return new ReportDestinations
        {
            ReportPath = reportPath,
            JobSummaryPath = isGitHub ? NotEmpty(environment("GITHUB_STEP_SUMMARY")) : null,
            StepOutputPath = isGitHub ? NotEmpty(environment("GITHUB_OUTPUT")) : null,
            RunnerCommands = isGitHub ? output : null,
            Mask = mask,
        };
    }

    private static string? NotEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}

/// <summary>Writes one report to all its destinations, masked and neutralised.</summary>
public static class ReportPublisher
{
    /// <returns>
    /// What could not be written, as sentences: the operation has happened by now, so that a full disk here changes neither its outcome nor
    /// what the other destinations get.
    /// </returns>
    public static async Task<ImmutableArray<string>> PublishAsync(
        OperationReport report, ReportDestinations destinations, CancellationToken cancellationToken)
    {
        var clean = ReportTexts.Map(report, destinations.Mask.Clean);
        var problems = ImmutableArray.CreateBuilder<string>();
        await TryAsync("the report", destinations.ReportPath, path => ReportFile.WriteAsync(clean, path, cancellationToken), problems);
        await TryAsync("the job summary", destinations.JobSummaryPath, path => AppendAsync(path, JobSummary.Of(clean), cancellationToken), problems);
        await TryAsync("the step outputs", destinations.StepOutputPath, path => AppendAsync(path, StepOutputs.Format(clean), cancellationToken), problems);
        if (destinations.RunnerCommands is { } runner)
        {
            foreach (var command in Annotations.Of(clean))
                await runner.WriteLineAsync(command.AsMemory(), cancellationToken);
            await runner.FlushAsync(cancellationToken);
        }

        return problems.ToImmutable();
    }

    private static async Task TryAsync(string what, string? path, Func<string, Task> write, ImmutableArray<string>.Builder problems)
    {
        if (path is null)
            return;
        try
        {
            await write(path);
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            problems.Add($"{what} could not be written to '{path}': {e.Message}");
        }
    }

    /// <summary>Other steps' and tools' lines stay.</summary>
    private static Task AppendAsync(string path, string text, CancellationToken cancellationToken) =>
        File.AppendAllTextAsync(path, text, cancellationToken);
}
