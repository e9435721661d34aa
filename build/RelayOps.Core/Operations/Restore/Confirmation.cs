using System.Globalization;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Restore;

/// <summary>What an operator is shown before they say yes.</summary>
internal static class Confirmation
{
    /// <exception cref="RelayOpsException">They did not (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task DemandAsync(RestoreRequest request, IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        if (!await request.ConfirmAsync(lines, cancellationToken))
            throw new RelayOpsException("nothing was changed", "it was not confirmed", "answer yes, or pass --confirm yes", ExitStatus.WrongUse);
    }

    public static IReadOnlyList<string> Of(RestoreSource source, ArchiveContents backup, RestoreTarget target, RestorePlan plan)
    {
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture,
                $"restore {source.Name} to {target.Survey.Path} on {target.Deployment.HostName}: {plan.Sent.Length} entries, {plan.RequiredBytes >> 10} KiB"),
        };
        lines.AddRange(plan.Items.Select(item => $"  {item.Name}: replaced, the present one is kept as {item.Aside}"));
        if (plan.HasRedis && backup.Manifest?.Redis is { } dataset && target.Redis is { } redis)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  redis: {redis.Keys} keys now, {dataset.Counts.Keys} afterwards"));
        var stopped = plan.Stopped.Select(container => container.Service ?? container.Name)
            .Concat(plan.Native is { } native ? [native.ToString()] : Array.Empty<string>()).ToList();
        lines.Add(stopped.Count == 0 ? "  nothing runs, and nothing will be started for good" : $"  stopped meanwhile: {string.Join(", ", stopped)}");
        return lines;
    }

    public static IReadOnlyList<string> Of(RestoreTarget target, RestoreJournal journal) =>
    [
        $"undo the {journal.Undoes} {(journal.Images.IsEmpty ? "restore" : "update")} of {target.Survey.Path} on {target.Deployment.HostName}",
        .. journal.Items.Select(item => item.Source is null ? $"  {item.Name}: was not there before; kept as {item.Aside}"
            : $"  {item.Name}: {item.Source} comes back, the present one is kept as {item.Aside}"),
        .. journal.Images.Select(image => $"  {image.Service}: back on image {image.Next}, {image.Former} is kept"),
    ];
}
