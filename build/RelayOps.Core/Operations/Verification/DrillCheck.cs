using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Has a real Redis load each layout of the dataset and compares what it then has.</summary>
internal static class DrillCheck
{
    public static async Task RequireAsync(
        IDrillGround ground, BackupContent content, Dataset dataset, Findings findings, CancellationToken cancellationToken)
    {
        var database = ServiceRecipe.Database(content);
        if (dataset.Dump is { } dump)
        {
            var outcome = await ground.LoadAsync(DrillLayout.Dump, database, cancellationToken);
            Compare(dump, content.GetDump(dump).Counts, outcome, findings);
        }

        if (dataset.AppendFileName is not { } name)
            return;
        var loaded = await ground.LoadAsync(new DrillLayout(dataset.AppendDirectory, name), database, cancellationToken);
        // A live copy has commands behind its base: only Redis itself can say what they amount to.
        if (content.Manifest?.Redis is { } promised)
            Compare(dataset.AppendManifest ?? name, promised.Counts, loaded, findings);
        else
            findings.Counts = loaded.Counts;
        Note(loaded, findings);
    }

    private static void Compare(string path, DatasetCounts expected, DrillOutcome outcome, Findings findings)
    {
        Note(outcome, findings);
        if (DatasetDifference.Find(expected, outcome.Counts) is { } difference)
            throw Findings.Bad($"{outcome.By} loaded {path} and has something else", difference);
    }

    private static void Note(DrillOutcome outcome, Findings findings) => (findings.DrilledBy, findings.ApiKeys) = (outcome.By, outcome.ApiKeys);

    /// <summary>Whether the clients' keys could be looked up. Whose they are only their owners could show.</summary>
    public static void RequireApiKeys(Findings findings)
    {
        if (findings.ApiKeys is not { } keys)
            throw Findings.Bad("the API keys in the dataset cannot be looked up", "apikey:hash_map is not the hash that it has to be");
        if (keys.Misled > 0)
            throw Findings.Bad("the API keys' map in the dataset is damaged",
                $"{keys.Misled} of its {keys.Entries} entries or their records name another key: apikey:hash_map and apikey:<id> do not belong together");
        if (keys.Sound == 0 && keys.Entries + keys.Unlisted > 0)
            throw Findings.Bad("the API keys in the dataset cannot be looked up",
                $"not one of {keys.Entries} entries of apikey:hash_map has its record, and {keys.Unlisted} records have no entry");
        if (keys.Stale > 0)
            findings.Warn($"{keys.Stale} of {keys.Entries} entries of apikey:hash_map have no record any more: the service forgets them when it meets them");
        if (keys.Unlisted > 0)
            findings.Warn($"{keys.Unlisted} API keys have no entry in apikey:hash_map: only newer services add them at their start");
    }
}
