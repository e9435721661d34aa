using System.Text;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>The journal and the history of exchanges on the server. Whoever holds the deployment's lock may use it.</summary>
/// <param name="owner">With the rights to replace any file of the deployment: who wrote a journal last varies.</param>
public sealed class JournalFile(IHost host, FileRoute owner)
{
    /// <summary>Writes standard input to the file, synced, before the name changes. $1 directory, $2 name.</summary>
    private const string WriteScript = """
        cd "$1" && mkdir -p .relayops/history && chmod 711 .relayops || exit 74
        cat > "$2.new" && { sync "$2.new" 2>/dev/null || sync; } && mv -f "$2.new" "$2" || { rm -f "$2.new"; exit 74; }
        sync .relayops 2>/dev/null || sync
        """;

    private const string ReadScript = """cat "$1/.relayops/journal.json" 2>/dev/null || :""";

    private const string HistoryScript = """
        cd "$1/.relayops/history" 2>/dev/null || exit 0
        for f in *.json *.undo; do if [ -e "$f" ]; then cat "$f"; printf '\n'; fi; done
        """;

    /// <summary>The journal of the operation becomes a record of its safety copy, in one rename. $1 directory, $2 stamp, $3 what it undid or -.</summary>
    private const string CloseScript = """
        cd "$1/.relayops" || exit 74
        mkdir -p history
        if [ "$3" != - ]; then rm -f "history/$3.json"; mv -f journal.json "history/$2.undo"
        else mv -f journal.json "history/$2.json"
        fi
        sync history . 2>/dev/null || sync
        """;

    private const string DropScript = """
        cd "$1/.relayops" 2>/dev/null || exit 0
        rm -f journal.json journal.new journal.json.new
        rmdir history 2>/dev/null
        exit 0
        """;

    public static HostCommand WriteCommand(string directory) => HostCommand.ChangingScript(WriteScript, directory, ".relayops/journal.json");

    public static HostCommand ReadCommand(string directory) => HostCommand.ReadingScript(ReadScript, directory);

    public async Task WriteAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(owner.Run(WriteCommand(owner.Root)), Encoding.UTF8.GetBytes(journal.ToText() + "\n"), cancellationToken);
        Demand(result);
    }

    public async Task<RestoreJournal?> FindAsync(CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(owner.Run(ReadCommand(owner.Root)), cancellationToken);
        return string.IsNullOrWhiteSpace(result.Output) ? null : RestoreJournal.Parse(result.Output);
    }

    /// <summary>Exchanges that have a safety copy, newest first; a restore that was rolled back is no longer among them, its rollback is.</summary>
    public async Task<IReadOnlyList<RestoreJournal>> ListHistoryAsync(CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(owner.Run(HostCommand.ReadingScript(HistoryScript, owner.Root)), cancellationToken);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(RestoreJournal.Parse)
            .OrderByDescending(journal => journal.Stamp, StringComparer.Ordinal)];
    }

    /// <summary>The operation is done: what it put aside can be rolled back to from now on.</summary>
    public async Task CloseAsync(RestoreJournal journal, CancellationToken cancellationToken) => Demand(await host.RunAsync(
        owner.Run(HostCommand.ChangingScript(CloseScript, owner.Root, journal.Stamp, journal.Undoes ?? "-")), cancellationToken));

    /// <summary>The operation was undone, or never changed anything.</summary>
    public async Task DropAsync(CancellationToken cancellationToken) =>
        Demand(await host.RunAsync(owner.Run(HostCommand.ChangingScript(DropScript, owner.Root)), cancellationToken));

    private void Demand(CommandResult result)
    {
        if (!result.Succeeded)
            throw new RelayOpsException($"cannot write the journal in {owner.Root}/.relayops on {host.Name}", FirstLine.Of(result.Exit.Error),
                "free disk space there, and check who may write in the directory");
    }
}
