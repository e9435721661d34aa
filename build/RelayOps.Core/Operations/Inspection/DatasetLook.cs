using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Inspection;

/// <summary>What was summed up while a dataset was read.</summary>
/// <param name="Digests">Null where nothing is compared.</param>
internal sealed record DatasetLook(KeyFigures Figures, KeyDigests? Digests)
{
    public RdbSummary? Summary { get; init; }
}

/// <summary>Looks on while the files of an archive are read. Which of them is the dataset is known at the end alone.</summary>
internal sealed class DatasetLooks(bool withDigests)
{
    private readonly Dictionary<string, DatasetLook> _byPath = new(StringComparer.Ordinal);

    public IRdbVisitor Watch(string path)
    {
        var look = _byPath[path] = new DatasetLook(new KeyFigures(), withDigests ? new KeyDigests() : null);
        return look.Digests is { } digests ? new BothVisitors(look.Figures, digests) : look.Figures;
    }

    /// <summary>The dump, or the append-only base with the most keys; null where there is neither.</summary>
    public DatasetLook? Find(BackupContent content)
    {
        var summaries = content.Dumps.Concat(content.AppendOnly.Where(file => file.Value.Preamble is not null)
                .Select(file => KeyValuePair.Create(file.Key, file.Value.Preamble!))).ToDictionary(StringComparer.Ordinal);
        var dump = Dataset.Find(content).Dump is { } path ? content.Resolve(path) : null;
        var chosen = dump is not null && summaries.ContainsKey(dump) ? dump
            : summaries.OrderByDescending(summary => summary.Value.Counts.Keys).Select(summary => summary.Key).FirstOrDefault();
        return chosen is null ? null : _byPath[chosen] with { Summary = summaries[chosen] };
    }
}
