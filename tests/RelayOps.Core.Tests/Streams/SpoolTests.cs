using System.Diagnostics;
using System.Text;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Tests.Streams;

public sealed class SpoolTests : IDisposable
{
    private const string Canary = "canary-of-the-spool-5a1d ";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("relayops-spool-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>What an encrypted backup holds must not lie beside it in the clear, in a file without a name either.</summary>
    [Fact]
    public async Task AppendAsync_gives_back_what_is_too_large_for_memory_and_leaves_none_of_it_readable_on_a_disk()
    {
        var large = Repeated(65 << 20);
        var small = Repeated(100_003);
        using var spool = new Spool(_directory.FullName);

        var first = await spool.AppendAsync(new MemoryStream(large), CancellationToken.None);
        var second = await spool.AppendAsync(new MemoryStream(small), CancellationToken.None);

        Assert.True((await ReadAsync(spool, first)).AsSpan().SequenceEqual(large));
        Assert.True((await ReadAsync(spool, second)).AsSpan().SequenceEqual(small));
        Assert.Equal(small[7..1007], await ReadAsync(spool, (second.Offset + 7, 1000)));
        var file = Assert.Single(OpenFiles());
        Assert.Empty(Directory.GetFiles(_directory.FullName));
        // By somebody else, since this process has locked it against itself.
        using (var copy = Process.Start("cp", [$"/proc/{Environment.ProcessId}/fd/{Path.GetFileName(file)}", Path.Combine(_directory.FullName, "copy")]))
            await copy.WaitForExitAsync();
        var held = await File.ReadAllBytesAsync(Path.Combine(_directory.FullName, "copy"));
        Assert.Equal(large.Length + small.Length, held.Length);
        Assert.Equal(-1, held.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Canary)));
    }

    private static byte[] Repeated(int length)
    {
        var bytes = new byte[length];
        var canary = Encoding.ASCII.GetBytes(Canary);
        for (var at = 0; at < length; at += canary.Length)
            canary.AsSpan(0, Math.Min(canary.Length, length - at)).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(Spool spool, (long Offset, long Length) part)
    {
        using var read = new MemoryStream();
        await spool.Open(part.Offset, part.Length).CopyToAsync(read);
        return read.ToArray();
    }

    /// <summary>Of this process, in the directory: they have no name any more.</summary>
    private IEnumerable<string> OpenFiles() => Directory.GetFiles("/proc/self/fd")
        .Where(path => new FileInfo(path).LinkTarget?.StartsWith(_directory.FullName, StringComparison.Ordinal) == true);
}
