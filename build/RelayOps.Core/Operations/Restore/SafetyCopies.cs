using System.Globalization;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>What restores and rollbacks have put aside. Copies that other tools made under the same pattern are none of ours, and stay.</summary>
public sealed class SafetyCopies(IHost host, FileRoute owner)
{
    private const string RemoveScript = """
        cd "$1" || exit 66
        stamp=$2
        shift 2
        rm -rf "$@" && rm -f ".relayops/history/$stamp.json" ".relayops/history/$stamp.undo"
        """;

    private const string MeasureScript = """
        cd "$1" || exit 66
        shift
        for f do if [ -e "$f" ] || [ -L "$f" ]; then printf '%s %s\n' "$(du -sk "$f" | cut -f 1)" "$f"; fi; done
        """;

    /// <summary>The time, or the next second that no safety copy is named after.</summary>
    public static string Stamp(DateTimeOffset now, IEnumerable<RestoreJournal> history)
    {
        var taken = history.Select(journal => journal.Stamp).ToHashSet();
        var stamp = BackupId.At(now);
        while (taken.Contains(stamp.ToString()))
            stamp = BackupId.At(stamp.Time.AddSeconds(1));
        return stamp.ToString();
    }

    /// <param name="history">Newest first.</param>
    /// <param name="keep">At least one stays.</param>
    public async Task LimitAsync(IReadOnlyList<RestoreJournal> history, int keep, IReporter reporter, CancellationToken cancellationToken)
    {
        foreach (var old in history.Skip(Math.Max(1, keep)))
        {
            var names = old.Items.Select(item => item.Aside).ToArray();
            var command = HostCommand.ChangingScript(RemoveScript, [owner.Root, old.Stamp, .. names]);
            var result = await host.RunAsync(owner.Run(command), cancellationToken);
            if (result.Succeeded)
                reporter.Note($"the safety copy of {old.Stamp} was removed (--keep-safety-copies {keep})");
            else
                reporter.Warn($"the safety copy of {old.Stamp} could not be removed: {FirstLine.Of(result.Exit.Error)}");
        }
    }

    public async Task<(IReadOnlyList<string> Names, long Bytes)> MeasureAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        var command = HostCommand.ReadingScript(MeasureScript, [owner.Root, .. journal.Items.Select(item => item.Aside)]);
        var result = await host.RunAsync(owner.Run(command), cancellationToken);
        var found = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2))
            .Where(words => words.Length == 2).ToList();
        return ([.. found.Select(words => words[1])],
            found.Sum(words => long.TryParse(words[0], CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes << 10 : 0));
    }
}
