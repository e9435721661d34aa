using System.Globalization;
using System.Text;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// Sends the files of a part straight to the new server, into a directory that only root may enter, until each of them was proven there to be
/// what it is on the old one. What was not (it was written to meanwhile), and directories and links, go through this machine as always.
/// </summary>
internal sealed class StraightFiles(IHost old, Arrival arrival, OwnerMap owners, DirectLink link)
{
    /// <summary>Below the deployment on the new server; the key can write nowhere else.</summary>
    private const string Staging = ".relayops/direct";

    /// <summary>A slow disk's, when files are read again.</summary>
    private const long BytesPerSecond = 10 << 20;

    /// <summary>Owners come as numbers, and one number of the old server becomes another. $1 directory, $2 staging, $3 user, $4 which becomes, $5 group, $6 which becomes.</summary>
    private const string ReceiveScript = """
        umask 077
        cd "$1" && rm -rf "$2" && mkdir -m 700 "$2" && cd "$2" || exit 66
        if tar --version 2>/dev/null | grep -q GNU; then tar xpf - --numeric-owner; else tar xpf -; fi || exit 74
        [ "$3" = "$4" ] || find . -type f -user "$3" -exec chown "$4" {} + || exit 74
        [ "$5" = "$6" ] || find . -type f -group "$5" -exec chgrp "$6" {} + || exit 74
        """;

    /// <summary>Names by standard input, one a line; one that vanished has no digest. $1 directory.</summary>
    private const string DigestScript = """
        cd "$1" || exit 66
        tr '\n' '\0' | xargs -0 sha256sum 2>/dev/null
        exit 0
        """;

    /// <summary>Prints what is right by the digests on standard input, and gives the directory its name. $1 directory, $2 staging, $3 name.</summary>
    private const string AcceptScript = """
        cd "$1/$2" || exit 66
        LC_ALL=C sha256sum -c - 2>/dev/null | sed -n 's/: OK$//p'
        sync . 2>/dev/null
        sync
        cd "$1" && [ ! -e "$3" ] && mv "$2" "$3"
        """;

    /// <summary>Whether parts of this kind go straight: <c>.env</c> and compose files are changed on their way, and small.</summary>
    public static bool Takes(PartFiles part) => part.Prefix.Length > 0;

    public static HostCommand ReadCommand(PartFiles part) => part.Route.Run(TreeArchive.Command(part.Route.Root, "none"));

    public HostCommand ReceiveCommand => arrival.Owner.Run(HostCommand.ChangingScript(ReceiveScript, arrival.Path, Staging,
        Text(owners.OldUser), Text(owners.User(owners.OldUser)), Text(owners.OldGroup), Text(owners.Group(owners.OldGroup))));

    public static HostCommand DigestCommand(PartFiles part) => part.Route.Run(HostCommand.ReadingScript(DigestScript, part.Route.Root)).Waiting(ReadingTime(part));

    public HostCommand AcceptCommand(PartFiles part) =>
        arrival.Owner.Run(HostCommand.ChangingScript(AcceptScript, arrival.Path, Staging, part.Prefix)).Waiting(ReadingTime(part));

    /// <returns>The paths of those that are there, as in an archive.</returns>
    public async Task<IEnumerable<string>> SendAsync(PartFiles part, IPhase phase, CancellationToken cancellationToken)
    {
        if (!link.IsOpen)
            return [];
        // A change of owner takes the bits for another user and group from a file: those few go the other way.
        var wanted = part.Tree.Entries.Where(entry => entry.Kind == TreeEntryKind.File && entry.Mode <= 0b111_111_111).ToList();
        var names = Encoding.UTF8.GetBytes(string.Concat(wanted.Select(entry => $"./{entry.Path}\n")));
        if (wanted.Count == 0 || await link.TrySendAsync(part.Name, link.Codec, ReadCommand(part), names, ReceiveCommand, phase, cancellationToken) is null)
            return await NoneAsync(cancellationToken);
        var digests = await old.RunAsync(DigestCommand(part), names, cancellationToken);
        var accepted = await arrival.Host.RunAsync(AcceptCommand(part), Encoding.UTF8.GetBytes(digests.Output), cancellationToken);
        if (accepted.Succeeded)
            return [.. accepted.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(path => part.InArchive(FileTree.Relative(path)))];
        link.Close($"{part.Name} cannot be placed on {arrival.Host.Name} ({FirstLine.Of(accepted.Exit.Error)})");
        return await NoneAsync(cancellationToken);
    }

    private async Task<IEnumerable<string>> NoneAsync(CancellationToken cancellationToken)
    {
        await arrival.RunAsync(arrival.Owner.Run(StagedFiles.RemoveCommand(arrival.Path, Staging)), "cannot remove what came straight", cancellationToken);
        return [];
    }

    private static TimeSpan ReadingTime(PartFiles part) => TimeSpan.FromSeconds((double)part.SizeBytes / BytesPerSecond);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
