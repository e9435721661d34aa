using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Has a real Redis load each layout of the dataset and compares what it then has.</summary>
internal static class DrillCheck
{
    public static async Task RequireAsync(
        IDrillGround ground, BackupContent content, Dataset dataset, Findings findings, CancellationToken cancellationToken)
    {
        if (dataset.Dump is { } dump)
        {
            var outcome = await ground.LoadAsync(DrillLayout.Dump, cancellationToken);
            Compare(dump, content.GetDump(dump).Counts, outcome, findings);
        }

        if (dataset.AppendFileName is not { } name)
            return;
        var loaded = await ground.LoadAsync(new DrillLayout(dataset.AppendDirectory, name), cancellationToken);
        // A live copy has commands behind its base: only Redis itself can say what they amount to.
        if (content.Manifest?.Redis is { } promised)
            Compare(dataset.AppendManifest ?? name, promised.Counts, loaded, findings);
        else
            findings.Counts = loaded.Counts;
        findings.DrilledBy = loaded.By;
    }

    private static void Compare(string path, DatasetCounts expected, DrillOutcome outcome, Findings findings)
    {
        findings.DrilledBy = outcome.By;
        if (DatasetDifference.Find(expected, outcome.Counts) is { } difference)
            throw Findings.Bad($"{outcome.By} loaded {path} and has something else", difference);
    }
}
