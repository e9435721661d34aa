using System.Formats.Tar;
using System.Globalization;
using System.Text;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Brings the new files beside the old ones while the service runs, with owners and modes, and has the server check every one.</summary>
public sealed class StagedFiles(IHost host, RestoreTarget target, IReporter reporter)
{
    /// <summary>$1 directory, $2 staging. As root, so that every owner can be given; numbers, since the server's names may mean other users.</summary>
    private const string UnpackScript = """
        cd "$1" && mkdir -p "$2" && chmod 700 "$2" && cd "$2" || exit 66
        if tar --version 2>/dev/null | grep -q GNU; then exec tar xpf - --numeric-owner --delay-directory-restore; fi
        exec tar xpf -
        """;

    /// <summary>What differs from the digests on standard input; the files reach the disk before anything is stopped for them.</summary>
    private const string CheckScript = """
        cd "$1/$2" || exit 66
        sha256sum -c - 2>&1 | grep -v ': OK$' | head -n 5
        sync . 2>/dev/null
        sync
        """;

    private const string RemoveScript = """cd "$1" && rm -rf "$2" """;

    public static HostCommand UnpackCommand(string directory, string staging) => HostCommand.ChangingScript(UnpackScript, directory, staging);

    public static HostCommand CheckCommand(string directory, string staging) => HostCommand.ReadingScript(CheckScript, directory, staging);

    public static HostCommand RemoveCommand(string directory, string staging) => HostCommand.ChangingScript(RemoveScript, directory, staging);

    /// <exception cref="RelayOpsException">They did not arrive as they are in the archive.</exception>
    public async Task BringAsync(RestoreSource source, RestorePlan plan, CancellationToken cancellationToken)
    {
        var root = target.Survey.Path;
        using (var phase = reporter.Begin($"staging on {host.Name}", plan.RequiredBytes))
            await SendAsync(source, plan, phase, cancellationToken);
        using (reporter.Begin("checking the staged files"))
        {
            var checks = Encoding.UTF8.GetBytes(string.Concat(
                plan.Sent.Where(entry => entry.Sha256 is not null).Select(entry => $"{entry.Sha256}  ./{entry.Path}\n")));
            var result = await host.RunAsync(target.Owner.Run(CheckCommand(root, plan.Staging) with { Waits = plan.ReadingTime }), checks, cancellationToken);
            if (!result.Succeeded || result.Output.Trim().Length > 0)
                throw Damaged(result.Succeeded ? FirstLine.Of(result.Output) : FirstLine.Of(result.Exit.Error));
            await CheckOwnersAsync(plan, cancellationToken);
        }
    }

    /// <summary>What is left is told: then the journal must stay, so that the next run knows of it.</summary>
    public async Task<bool> RemoveAsync(string staging, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(target.Owner.Run(RemoveCommand(target.Survey.Path, staging)), cancellationToken);
        if (!result.Succeeded)
            reporter.Warn($"{staging} could not be removed, the next run will do it: {FirstLine.Of(result.Exit.Error)}");
        return result.Succeeded;
    }

    /// <summary>The service was not touched: what was staged for it goes, and its journal behind it. The error at hand is the one to tell, so none is thrown.</summary>
    public async Task AbandonAsync(RestoreJournal journal, JournalFile file, TimeProvider time)
    {
        using var briefly = new CancellationTokenSource(TimeSpan.FromSeconds(60), time);
        try
        {
            if (await RemoveAsync(journal.Staging, briefly.Token))
                await file.DropAsync(briefly.Token);
        }
        catch (Exception exception) when (exception is RelayOpsException or OperationCanceledException)
        {
            reporter.Warn($"{journal.Staging} could not be removed, the next run will do it: {exception.Message}");
        }
    }

    private async Task SendAsync(RestoreSource source, RestorePlan plan, IPhase phase, CancellationToken cancellationToken)
    {
        await using var running = await host.StartAsync(target.Owner.Run(UnpackCommand(target.Survey.Path, plan.Staging)), cancellationToken);
        try
        {
            await using var input = running.Input;
            await WriteTarAsync(source, plan, input, phase, cancellationToken);
        }
        catch (IOException)
        {
            // tar has ended: its own words say why.
        }

        var exit = await running.WaitAsync(cancellationToken);
        if (!exit.Succeeded)
            throw new RelayOpsException($"cannot stage the backup on {host.Name}", FirstLine.Of(exit.Error),
                "check free space and that tar works there");
    }

    private static async Task WriteTarAsync(RestoreSource source, RestorePlan plan, Stream output, IPhase phase, CancellationToken cancellationToken)
    {
        var wanted = plan.Sent.ToDictionary(entry => entry.Path);
        await using var reading = await source.ReadAsync(cancellationToken);
        await using var tar = new TarWriter(output, TarEntryFormat.Gnu, leaveOpen: true);
        while (await reading.Archive.ReadNextAsync(cancellationToken) is { } entry)
        {
            if (!wanted.TryGetValue(entry.Path, out var expected))
                continue;
            await using var content = new HashingContent(new ProgressStream(entry.Content, phase.Advance), entry.Size, padWhenShort: false);
            await tar.WriteEntryAsync(Header(entry, expected, content), cancellationToken);
            if (entry.Kind == EntryKind.File && content.Sha256() != expected.Sha256)
                throw new RelayOpsException($"{entry.Path} in backup {source.Name} is not as it was a moment ago", "the archive was changed while it was read",
                    "verify the backup, and try again", ExitStatus.BadBackup);
        }

        await reading.RequireVerifiedAsync(cancellationToken);
    }

    /// <param name="expected">Whose it shall be; on another server that may be somebody else than in the archive.</param>
    private static GnuTarEntry Header(ArchiveEntry entry, ArchivedEntry expected, Stream content)
    {
        var header = new GnuTarEntry(TypeOf(entry.Kind), entry.Kind == EntryKind.Directory ? entry.Path + "/" : entry.Path)
        {
            Mode = (UnixFileMode)expected.Mode,
            Uid = expected.UserId,
            Gid = expected.GroupId,
            ModificationTime = entry.ModifiedAt,
            AccessTime = default,
            ChangeTime = default,
        };
        if (entry.Target is not null)
            header.LinkName = entry.Target;
        if (entry.Kind == EntryKind.File)
            header.DataStream = content;
        return header;
    }

    /// <summary>What tar reports as done may still be another's: a container with user namespaces gives no file away.</summary>
    private async Task CheckOwnersAsync(RestorePlan plan, CancellationToken cancellationToken)
    {
        var staged = target.Owner with { Root = $"{target.Owner.Root}/{plan.Staging}" };
        var tree = await FileTree.FindAsync(host, staged, ["."], cancellationToken) ?? throw Damaged("the staging directory vanished");
        var found = tree.Entries.ToDictionary(entry => entry.Path);
        foreach (var entry in plan.Sent.Where(entry => entry.Kind is EntryKind.File or EntryKind.Directory))
        {
            if (!found.TryGetValue(entry.Path, out var there))
                throw Damaged($"{entry.Path} is missing");
            if (there.UserId != entry.UserId || there.GroupId != entry.GroupId || there.Mode != entry.Mode)
                throw Damaged(string.Create(CultureInfo.InvariantCulture,
                    $"{entry.Path} belongs to {there.UserId}:{there.GroupId} with mode {Convert.ToString(there.Mode, 8)}, not {entry.UserId}:{entry.GroupId} with {Convert.ToString(entry.Mode, 8)}"));
        }
    }

    private static TarEntryType TypeOf(EntryKind kind) => kind switch
    {
        EntryKind.Directory => TarEntryType.Directory,
        EntryKind.SymbolicLink => TarEntryType.SymbolicLink,
        EntryKind.HardLink => TarEntryType.HardLink,
        _ => TarEntryType.RegularFile,
    };

    private RelayOpsException Damaged(string why) => new($"the files staged on {host.Name} are not those of the archive", why,
        "nothing was changed; check the server's disk, and try again");
}
