namespace RelayOps.Core.Streams;

/// <summary>Holds what must be had whole before it can be written: in memory up to 64 MiB, beyond that in a private file that goes with it and that nobody else can read.</summary>
/// <param name="directory">On this machine, for what does not fit into memory.</param>
public sealed class Spool(string directory) : IDisposable
{
    private const long InMemory = 64L << 20;

    private Stream _content = new MemoryStream();

    public long Length => _content.Length;

    /// <returns>Where it begins and how long it is.</returns>
    public async Task<(long Offset, long Length)> AppendAsync(Stream source, CancellationToken cancellationToken)
    {
        var offset = _content.Seek(0, SeekOrigin.End);
        var buffer = new byte[128 << 10];
        while (await source.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (_content is MemoryStream && _content.Length + read > InMemory)
                await MoveToFileAsync(cancellationToken);
            await _content.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return (offset, _content.Length - offset);
    }

    /// <summary>One reader at a time.</summary>
    public Stream Open(long offset, long length)
    {
        _content.Position = offset;
        return new BoundedStream(_content, length);
    }

    public void Dispose() => _content.Dispose();

    private async Task MoveToFileAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(Path.Combine(directory, $".spool-{Environment.ProcessId}-{Guid.NewGuid():N}"), options);
        if (!OperatingSystem.IsWindows())
            File.Delete(file.Name); // Nameless from here on: nothing is left behind even by a kill.
        // Of an encrypted backup no plaintext may be on a disk, nameless or not.
        var veiled = new VeiledStream(file);
        _content.Position = 0;
        await _content.CopyToAsync(veiled, cancellationToken);
        await _content.DisposeAsync();
        _content = veiled;
    }
}
