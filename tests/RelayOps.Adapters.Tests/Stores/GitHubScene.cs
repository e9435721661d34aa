using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>A GitHub of the test's own and a connection to it that waits for nothing and remembers how long it was asked to.</summary>
/// <param name="shared">A server that outlives the scene; null for one of its own.</param>
internal sealed class GitHubScene(FakeGitHub? shared = null) : IDisposable
{
    public FakeGitHub Server { get; } = shared ?? new FakeGitHub();

    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public PhaseRecorder Reporter { get; } = new(Core.Reporting.SilentReporter.Instance, TimeProvider.System);

    public GitHubConnection Connection(string? token = null, TimeSpan? stallTimeout = null, TimeProvider? time = null) => new()
    {
        Repository = GitHubRepository.Parse("o/r"),
        Token = token ?? Server.Token,
        ApiUrl = Server.PublicUrl,
        StallTimeout = stallTimeout ?? TimeSpan.FromSeconds(100),
        Time = time ?? TimeProvider.System,
        Waiting = (span, cancellationToken) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            Waits.Enqueue(span);
            return Task.CompletedTask;
        },
    };

    public void BreakNextDownload() => Server.Fail(Download((content, context) =>
    {
        context.Response.OutputStream.Write(content.AsSpan(0, content.Length / 2));
        context.Response.OutputStream.Flush();
        context.Response.Abort();
    }));

    public void DamageNextDownload() => Server.Fail(Download((content, context) =>
    {
        byte[] other = [.. content];
        other[^1] ^= 1;
        context.Response.OutputStream.Write(other);
    }));

    private Fault Download(Action<byte[], HttpListenerContext> send) => new("GET /storage/", (context, _) =>
    {
        var content = Server.FindContent(long.Parse(context.Request.RawUrl!["/storage/".Length..], CultureInfo.InvariantCulture))!;
        context.Response.ContentLength64 = content.Length;
        send(content, context);
        return Task.FromResult(true);
    });

    public static byte[] Bytes(int length, int seed = 1)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>A backup in another store.</summary>
    /// <param name="through">What its bytes pass when they are read; null for nothing.</param>
    public static CataloguedBackup Source(CatalogueRecord record, byte[] content, Func<MemoryStream, Stream>? through = null) => new(new BytesStore(content, through), new StoredBackup
    {
        Id = BackupId.Get(record.BackupId),
        Store = "memory",
        Archive = record.Archive,
        Location = "/" + record.Archive,
        SizeBytes = content.Length,
        Record = record,
        Sha256 = record.Sha256,
    });

    public static async Task<string> HashAsync(Stream stream) => Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));

    public void Dispose()
    {
        if (shared is null)
            Server.Dispose();
    }

    private sealed class BytesStore(byte[] archive, Func<MemoryStream, Stream>? through) : IBackupStore
    {
        public string Name => "memory";

        public Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken) =>
            Task.FromResult(new MemoryStream(archive, writable: false) is var bytes && through is not null ? through(bytes) : bytes);

        public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
