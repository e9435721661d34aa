using System.Formats.Tar;
using System.Runtime.CompilerServices;
using System.Text;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Backup;

/// <summary>A file as it came from the server. Read <see cref="Content"/> before the next one is asked for.</summary>
/// <param name="Listed">What the listing said of it.</param>
/// <param name="LinkedTo">For a hard link: the path of the same tree that has the content.</param>
public sealed record RemoteFile(TreeEntry Listed, long Size, Stream? Content, string? SymbolicTarget, string? LinkedTo);

/// <summary>Reads many files of the server as one stream, in the order of the listing.</summary>
public sealed class RemoteFiles(IHost host, Wire wire, IReporter reporter)
{
    /// <summary>Below this the compressor's start costs more than it saves.</summary>
    private const long WorthCompressing = 256 << 10;

    /// <param name="wanted">Files and links of the part's tree; one that vanished meanwhile does not come.</param>
    /// <exception cref="RelayOpsException">The server's tar failed altogether, or the connection was lost.</exception>
    public async IAsyncEnumerable<RemoteFile> ReadAsync(
        PartFiles part, IReadOnlyCollection<TreeEntry> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (wanted.Count == 0)
            yield break;
        var size = wanted.Where(entry => entry.Kind == TreeEntryKind.File).Sum(entry => entry.Size);
        var codec = size < WorthCompressing ? WireCodec.None : wire.Codec;
        using var phase = reporter.Begin($"reading {part.Name}", size);
        await using var running = await host.StartAsync(part.Route.Run(TreeArchive.Command(part.Route.Root, codec)), cancellationToken);
        var naming = NameAsync(running, wanted, cancellationToken);
        var listed = wanted.ToDictionary(entry => entry.Path);
        await using var stream = wire.Receive(running.Output, codec);
        await using var archives = new TarSequence(stream);
        while (await NextAsync(archives, running, part, cancellationToken) is { } entry)
        {
            if (!listed.TryGetValue(FileTree.Relative(entry.Name), out var known))
                continue;
            var link = entry.EntryType == TarEntryType.HardLink ? FileTree.Relative(entry.LinkName) : null;
            yield return new RemoteFile(known, entry.Length, entry.DataStream,
                entry.EntryType == TarEntryType.SymbolicLink ? entry.LinkName : null, link);
            phase.Advance(entry.Length);
        }

        await naming;
        Demand(part, await running.WaitAsync(cancellationToken));
    }

    /// <summary>
    /// tar ends with 1 or 2, and xargs with 123, when files vanish. A tar that was killed between two files left a stream that looks whole.
    /// </summary>
    private void Demand(PartFiles part, CommandExit exit)
    {
        if (exit.Status is not (0 or 1 or 2 or 123))
            throw new RelayOpsException($"reading {part.Name} on {host.Name} {part.Route.Name} broke off",
                $"tar was ended from outside ({exit.Signal ?? $"status {exit.Status}"}) {FirstLine.Of(exit.Error)}", "check the server's memory, and try again");
    }

    /// <summary>Names are sent while files come back: neither side waits for the other with a full pipe.</summary>
    private static async Task NameAsync(IRunningCommand running, IReadOnlyCollection<TreeEntry> wanted, CancellationToken cancellationToken)
    {
        try
        {
            await using var input = running.Input;
            foreach (var batch in wanted.Chunk(512))
                await input.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(batch.Select(entry => $"./{entry.Path}\n"))), cancellationToken);
        }
        catch (IOException)
        {
            // tar has ended: what it said by then is judged by whoever reads its output.
        }
    }

    private async Task<TarEntry?> NextAsync(TarSequence tar, IRunningCommand running, PartFiles part, CancellationToken cancellationToken)
    {
        try
        {
            return await tar.GetNextEntryAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidDataException or FormatException)
        {
            var exit = await running.WaitAsync(cancellationToken);
            throw new RelayOpsException($"reading {part.Name} on {host.Name} {part.Route.Name} broke off",
                exit.Succeeded ? exception.Message : FirstLine.Of(exit.Error), "check that tar works there, and try again", inner: exception);
        }
    }
}
