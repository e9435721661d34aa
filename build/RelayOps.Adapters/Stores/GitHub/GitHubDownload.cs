using System.Net;
using System.Security.Cryptography;
using RelayOps.Core;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>One file of a download, and what it must turn out to be.</summary>
/// <param name="Open">Its bytes from an offset on; null when it is gone.</param>
/// <param name="Sha256">Lower-case hex; null where nobody told it.</param>
internal sealed record DownloadedFile(string Name, long SizeBytes, string? Sha256, Func<long, CancellationToken, Task<Stream?>> Open);

/// <summary>Files one behind the other: a connection that breaks is taken up where it broke, and each file's checksum is looked at.</summary>
internal sealed class GitHubDownload(GitHubConnection connection, IReadOnlyList<DownloadedFile> files, Stream first) : ReadOnlyStream
{
    private const int AttemptsWithoutProgress = 5;

    private IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Stream? current = first;
    private int file;
    private long offset;
    private int attempts;

    public override int Read(Span<byte> buffer)
    {
        var bytes = new byte[buffer.Length];
        var read = ReadAsync(bytes, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        bytes.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (file < files.Count && !buffer.IsEmpty)
        {
            if (offset == files[file].SizeBytes)
            {
                await NextAsync();
                continue;
            }

            var read = await TryReadAsync(buffer[..(int)Math.Min(buffer.Length, files[file].SizeBytes - offset)], cancellationToken);
            if (read > 0)
            {
                hash.AppendData(buffer.Span[..read]);
                (offset, attempts) = (offset + read, 0);
                return read;
            }
        }

        return 0;
    }

    /// <summary>The answer's body; skips what a server sends again that does not know ranges.</summary>
    public static async Task<Stream?> OpenAsync(GitHubRestClient client, GitHubRequest request, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(request, cancellationToken, HttpStatusCode.NotFound, HttpStatusCode.Gone);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            response.Dispose();
            return null;
        }

        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (request.From > 0 && response.StatusCode != HttpStatusCode.PartialContent)
            await SkipAsync(body, request.From, cancellationToken);
        return body;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            current?.Dispose();
            hash.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <returns>0 when the connection broke and shall be taken up again.</returns>
    private async Task<int> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var guard = new StallGuard(connection, cancellationToken);
        try
        {
            current ??= await files[file].Open(offset, guard.Token) ?? throw Damaged("it is gone");
            var read = await current.ReadAsync(buffer, guard.Token);
            return read > 0 ? read : await BrokenAsync(new EndOfStreamException("it ended early"), cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && guard.HasStalled))
        {
            return await BrokenAsync(e, cancellationToken);
        }
    }

    private async Task<int> BrokenAsync(Exception error, CancellationToken cancellationToken)
    {
        if (current is not null)
            await current.DisposeAsync();
        current = null;
        if (++attempts == AttemptsWithoutProgress)
            throw GitHubFailure.Unreachable($"downloading {files[file].Name} from {connection.Repository}", error);
        await connection.WaitAsync(TimeSpan.FromSeconds(Math.Pow(2, attempts - 1)), cancellationToken);
        return 0;
    }

    private async Task NextAsync()
    {
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (files[file].Sha256 is { } expected && expected != sha256)
            throw Damaged($"its sha256 is {sha256}, not {expected}");
        if (current is not null)
            await current.DisposeAsync();
        (current, offset, attempts, file) = (null, 0, 0, file + 1);
    }

    private RelayOpsException Damaged(string why) => new(
        $"'{files[file].Name}' in {connection.Repository} is damaged", why, "use another backup or another store: the List target shows them", ExitStatus.BadBackup);

    private static async Task SkipAsync(Stream body, long bytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        while (bytes > 0)
        {
            var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), cancellationToken);
            bytes = read > 0 ? bytes - read : throw new EndOfStreamException("it ended early");
        }
    }
}
