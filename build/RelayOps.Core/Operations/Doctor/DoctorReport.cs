using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>What Doctor found.</summary>
/// <param name="Unreached">Why the server was not reached, or not to the end; null where it was, or none is named.</param>
public sealed record DoctorReport(ImmutableArray<CheckResult> Results, RelayOpsException? Unreached)
{
    private static readonly ImmutableDictionary<string, string> Titles = new Dictionary<string, string>
    {
        ["machine"] = "this machine",
        ["connection"] = "connection",
        ["server"] = "server",
        ["docker"] = "docker",
        ["redis"] = "Redis",
        ["deployment"] = "deployment",
        ["backups"] = "backups",
        ["github"] = "GitHub",
    }.ToImmutableDictionary();

    /// <summary>What <c>--fix</c> did, and these results do not find any more.</summary>
    public ImmutableArray<Mending> Mended { get; init; } = [];

    /// <summary>Every check that offered the mending has looked again and does not any more; one that could not look again confirms nothing.</summary>
    internal bool Confirms(Mending mending, DoctorReport before)
    {
        var offering = before.Results.Where(result => result.Judgement.Fixes.Contains(mending)).Select(result => result.Check.Id).ToHashSet();
        return Results.Where(result => offering.Contains(result.Check.Id)).All(result => result.Outcome != CheckOutcome.NotChecked
            && !result.Judgement.Fixes.Any(still => still.Kind == mending.Kind && still.Target == mending.Target));
    }

    public int Count(CheckOutcome outcome) => Results.Count(result => result.Outcome == outcome);

    public string Verdict =>
        $"{Results.Length} checks: {Plural(Count(CheckOutcome.Error), "error")}, {Plural(Count(CheckOutcome.Warning), "warning")}, {Count(CheckOutcome.NotChecked)} not checked";

    /// <summary>The error that a run ends with; null where it ends well, warnings or not.</summary>
    public RelayOpsException? FindFailure()
    {
        var errors = Results.Where(result => result.Outcome == CheckOutcome.Error).Select(result => result.Check.Id).ToList();
        // Whatever else is wrong: what lies behind the connection was not looked at.
        if (Unreached is { } lost)
            return new RelayOpsException(lost.What, lost.Why, lost.Next, lost.Status, lost);
        return errors.Count == 0 ? null
            : new RelayOpsException($"{Plural(errors.Count, "check")} failed", string.Join(", ", errors), "each says above how to mend it", ExitStatus.Failed);
    }

    /// <summary>Lines for people, group by group: what is ill with why and how to mend it.</summary>
    public IEnumerable<string> Table()
    {
        var width = Results.Max(result => result.Check.Id.Length);
        foreach (var group in Results.GroupBy(result => result.Check.Group))
        {
            yield return $"{Titles[group.Key]}:";
            foreach (var (check, judgement) in group.Select(result => (result.Check, result.Judgement)))
            {
                yield return $"  {Word(judgement.Outcome),-11}  {check.Id.PadRight(width)}  {judgement.Found}";
                if (judgement.Next is not { } next)
                    continue;
                yield return $"               why:  {check.Why}";
                yield return $"               mend: {next}{(judgement.Fixes.IsEmpty ? "" : $"   ({(judgement.Fixes.Any(fix => fix.NeedsConfirmation) ? "--fix --confirm yes" : "--fix")} does it)")}";
            }
        }

        yield return Verdict;
    }

    /// <summary>One document, with a newline at its end.</summary>
    /// <param name="clean">Applied to every text from elsewhere.</param>
    public string Json(Func<string, string> clean) => JsonSerializer.Serialize(new DoctorDocument(
        1, Verdict, (int)(FindFailure()?.Status ?? ExitStatus.Done), Reported(clean), [.. Mended.Select(mending => clean(mending.ToString()))]), DoctorContext.Default.DoctorDocument) + "\n";

    public ImmutableArray<ReportedCheck> Reported(Func<string, string> clean) => [.. Results.Select(result => new ReportedCheck(
        result.Check.Id, Word(result.Outcome), clean(result.Judgement.Found), result.Check.Why,
        result.Judgement.Next is { } next ? clean(next) : null, !result.Judgement.Fixes.IsEmpty))];

    private static string Word(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "ok",
        CheckOutcome.NotChecked => "not checked",
        CheckOutcome.Warning => "warning",
        _ => "error",
    };

    private static string Plural(int count, string word) => $"{count} {word}{(count == 1 ? "" : "s")}";
}

internal static class Unreached
{
    /// <summary>The first group that the connection failed in. A parameter that keeps it from being made is wrong use.</summary>
    public static RelayOpsException? FindUnreached(this DoctorFacts facts) =>
        facts.Connection.Error ?? new[] { facts.Server.Error, facts.Docker.Error, facts.Deployment.Error, facts.Redis.Error }
            .FirstOrDefault(error => error?.Status == ExitStatus.NoConnection);
}

/// <summary>What <c>--json</c> prints.</summary>
internal sealed record DoctorDocument(int Format, string Verdict, int ExitStatus, ImmutableArray<ReportedCheck> Checks, ImmutableArray<string> Mended);

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DoctorDocument))]
internal sealed partial class DoctorContext : JsonSerializerContext;
