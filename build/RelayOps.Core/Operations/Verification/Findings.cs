using System.Collections.Immutable;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>What the checks of one verification add to its report, and how strict they are.</summary>
internal sealed class Findings(bool isLegacy)
{
    private readonly List<string> warnings = [];

    public IReadOnlyList<string> Warnings => warnings;

    public DatasetCounts? Counts { get; set; }

    public Dictionary<string, long> TornBytes { get; } = new(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, long>? DecryptedSecrets { get; set; }

    public string? DrilledBy { get; set; }

    public ApiKeyMap? ApiKeys { get; set; }

    public void Warn(string text) => warnings.Add(text);

    /// <summary>An archive of the older scripts is taken as it is; one of ours must be whole.</summary>
    public void Missing(string what, string why)
    {
        if (!isLegacy)
            throw Bad(what, why);
        Warn($"{what}: {why}");
    }

    public static RelayOpsException Bad(string what, string why, string next = "use another backup") =>
        new(what, why, next, ExitStatus.BadBackup);
}
