using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace RelayOps.Build.Tests.Workflows;

/// <summary>What every workflow owes: see each rule's sentence.</summary>
internal static partial class WorkflowPolicy
{
    /// <summary>The one tool that runners lack. Most backups do without it, and none shall wait for a mirror of packages.</summary>
    public const string Installation =
        "sudo apt-get install --yes --no-install-recommends age || echo '::warning::age could not be installed; a backup that is encrypted with it can be neither written nor read'";

    private const string UploadCondition =
        "always() && steps.backup.outputs.artifact != '' && (steps.backup.outputs.encrypted == 'true' || vars.ALLOW_PLAINTEXT == 'true')";

    public static IReadOnlyList<string> Violations(WorkflowFile workflow) =>
        [.. OfFile(workflow).Concat(workflow.Jobs.SelectMany(job => OfJob(job).Concat(job.Steps.SelectMany(step => OfStep(step)))))];

    private static IEnumerable<string> OfFile(WorkflowFile workflow)
    {
        if (workflow.Permissions is not YamlMappingNode { Children.Count: 0 })
            yield return "the workflow itself has permissions: {}";
        foreach (var line in workflow.Text.Split('\n').Where(line => Uses().IsMatch(line) && !Pinned().IsMatch(line)))
            yield return $"an action is pinned by commit, with its version in a comment: {line.Trim()}";
    }

    private static IEnumerable<string> OfJob(WorkflowJob job)
    {
        if (job.Permissions is null)
            yield return $"{job.Id} says what it is permitted, one by one";
        if (!int.TryParse(job.Find("timeout-minutes"), out var minutes) || minutes is < 1 or > 180)
            yield return $"{job.Id} has a timeout of at most 3 hours";
        if (job.Concurrency("group") is null || job.Concurrency("queue") != "max" || job.Concurrency("cancel-in-progress") != "false")
            yield return $"{job.Id} queues, and neither cancels nor drops a run";
    }

    private static IEnumerable<string> OfStep(WorkflowStep step)
    {
        if (step.Run is { } run && run.Contains("${{", StringComparison.Ordinal))
            yield return $"expressions reach a script by env: alone: {run}";
        if (step.Run is not (null or Installation) && step.Targets is not { Count: 1 })
            yield return $"a step runs one target and nothing else: {step.Run}";
        if (step.Uses?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true && step.With("persist-credentials") != "false")
            yield return "checkout leaves no credentials behind";
        if (step.Uses?.StartsWith("actions/upload-artifact@", StringComparison.Ordinal) == true && step.If?.StartsWith("always()", StringComparison.Ordinal) != true)
            yield return $"what a failed run left is uploaded, too: {step.With("name")}";
        foreach (var violation in OfUpload(step))
            yield return violation;
    }

    /// <summary>Whatever is not known to be a report may be a backup.</summary>
    private static IEnumerable<string> OfUpload(WorkflowStep step)
    {
        if (step.Uses?.StartsWith("actions/upload-artifact@", StringComparison.Ordinal) != true
            || step.With("path")!.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(path => Report().IsMatch(path)))
            yield break;
        if (step.If?.Contains(".outputs.encrypted == 'true' || vars.ALLOW_PLAINTEXT == 'true'", StringComparison.Ordinal) != true)
            yield return $"a backup is uploaded when it is encrypted or that was waived: {step.With("path")}";
        if (step.If != UploadCondition)
            yield return $"a backup is uploaded where STORE names artifact and that store was asked: {step.With("path")}";
    }

    [GeneratedRegex(@"^\s*(- )?uses:")]
    private static partial Regex Uses();

    /// <summary>Reports, certificates and the results of tests: one directory deep, where no archive ever lies.</summary>
    [GeneratedRegex(@"\A(artifacts/[\w*.-]+\.json|artifacts/tests)\z")]
    private static partial Regex Report();

    [GeneratedRegex(@"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\s*$")]
    private static partial Regex Pinned();
}
