using System.Formats.Tar;
using System.IO.Compression;
using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Hosts;
using RelayOps.Core;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Reporting;
using RelayOps.Testing.Ssh;

namespace RelayOps.Adapters.Tests.Operations;

/// <summary>Files that change under the reader's hands, on a real file system through a real tar.</summary>
public sealed class SettledFilesTests : IDisposable
{
    private static readonly BackupId Id = BackupId.Get("20250805_142530");

    private readonly TestDirectory _data = TestDirectory.Create("relayops-settled-");

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task ReadAsync_reads_again_what_changed_behind_the_first_reading()
    {
        await File.WriteAllTextAsync(_data.File("init.json"), "old");
        await using var host = new MeddlingHost(
            await LocalHost.OpenAsync(new HostTimeouts(), TimeProvider.System, CancellationToken.None), () => File.WriteAllText(_data.File("init.json"), "newer"));

        var (contents, skipped) = await ArchiveAsync(host);

        Assert.Equal("newer", contents["data/init.json"]);
        Assert.Empty(skipped);
    }

    [Fact]
    public async Task ReadAsync_says_what_it_left_out_and_forgets_what_vanished()
    {
        await File.WriteAllTextAsync(_data.File("stays"), "here");
        await File.WriteAllTextAsync(_data.File("goes"), "soon gone");
        File.CreateSymbolicLink(_data.File("out"), "/etc/hostname");
        await using var host = new MeddlingHost(
            await LocalHost.OpenAsync(new HostTimeouts(), TimeProvider.System, CancellationToken.None), () => File.Delete(_data.File("goes")));

        var (contents, skipped) = await ArchiveAsync(host);

        Assert.Equal(["data/stays"], contents.Keys.Where(name => name != "manifest.json"));
        Assert.Equal("data/out", Assert.Single(skipped).Path);
    }

    [Fact]
    public async Task ReadAsync_warns_about_a_file_that_never_rests()
    {
        var changes = 0;
        await File.WriteAllTextAsync(_data.File("busy"), "0");
        await using var host = new MeddlingHost(
            await LocalHost.OpenAsync(new HostTimeouts(), TimeProvider.System, CancellationToken.None),
            () => File.WriteAllText(_data.File("busy"), new string('x', ++changes)), always: true);
        var said = new PhaseRecorder(new SilentReporter(), TimeProvider.System);

        await ArchiveAsync(host, said);

        Assert.Contains(said.Warnings, warning => warning.Contains("data/busy changed every time it was read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_does_not_take_a_tar_that_was_killed_between_two_files_for_a_whole_one()
    {
        await File.WriteAllTextAsync(_data.File("init.json"), "content");
        await using var host = new MeddlingHost(
            await LocalHost.OpenAsync(new HostTimeouts(), TimeProvider.System, CancellationToken.None), () => { },
            instead: HostCommand.ReadingScript("tar cf - -T /dev/null; exit 137"));

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveAsync(host));

        Assert.Contains("reading data on local directly broke off", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_does_not_take_a_listing_that_failed_for_an_empty_directory()
    {
        await File.WriteAllTextAsync(_data.File("init.json"), "content");
        await using var host = new MeddlingHost(
            await LocalHost.OpenAsync(new HostTimeouts(), TimeProvider.System, CancellationToken.None), () => { },
            listing: HostCommand.ReadingScript("echo 'the container is gone' >&2; exit 1"));

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveAsync(host));

        Assert.Equal(("cannot list data on local any more", "the container is gone"), (error.What, error.Why));
    }

    private async Task<(Dictionary<string, string> Contents, IReadOnlyList<SkippedFile> Skipped)> ArchiveAsync(MeddlingHost host, IReporter? reporter = null)
    {
        reporter ??= new SilentReporter();
        var route = FileRoute.Direct(_data.Path);
        var tree = (await FileTree.FindAsync(host, route, ["."], CancellationToken.None))!;
        host.Begin();
        using var files = await SettledFiles.ReadAsync(host, new RemoteFiles(host, new Wire([new GzipCodec()]), reporter),
            new PartFiles("data", "data", route, ["."], tree), _data.Path, reporter, CancellationToken.None);
        using var sealed_ = new MemoryStream();
        await using (var archive = new ArchiveWriter(sealed_, Id, new ArchiveWriterOptions { Codec = new GzipCodec() }, CancellationToken.None))
        {
            await files.WriteAsync(archive, CancellationToken.None);
            await archive.FinishAsync(Manifest(), CancellationToken.None);
        }

        return (Read(sealed_), files.Skipped);
    }

    private static Manifest Manifest() => new()
    {
        Format = 1,
        BackupId = Id.ToString(),
        Tool = "test",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Server = new SourceServer("id", "name", "/srv"),
        Entries = [],
    };

    private static Dictionary<string, string> Read(MemoryStream stored)
    {
        stored.Position = 0;
        using var tar = new TarReader(new GZipStream(stored, CompressionMode.Decompress));
        var contents = new Dictionary<string, string>();
        while (tar.GetNextEntry(copyData: true) is { } entry)
            if (entry.EntryType == TarEntryType.RegularFile)
                contents[entry.Name[(ArchiveWriter.TopFolder(Id).Length + 1)..]] = entry.DataStream is { } data ? new StreamReader(data).ReadToEnd() : "";
        return contents;
    }

    /// <summary>Changes something behind the first reading, or behind each: just before the next listing.</summary>
    private sealed class MeddlingHost(IHost inner, Action change, bool always = false, HostCommand? instead = null, HostCommand? listing = null) : IHost
    {
        private bool _begun;
        private bool _done;

        public string Name => inner.Name;

        public void Begin() => _begun = true;

        public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken) =>
            inner.StartAsync(instead ?? command, cancellationToken);

        public Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
        {
            if (_begun && (always || !_done))
            {
                _done = true;
                change();
            }

            return inner.RunAsync(_begun && listing is not null ? listing : command, input, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
