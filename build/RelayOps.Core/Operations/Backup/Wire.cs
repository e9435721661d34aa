using System.Collections.Immutable;
using RelayOps.Core.Archives;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Backup;

/// <summary>What comes from the server: counted, and decompressed where the server compressed it.</summary>
/// <param name="codecs">Those this side can undo.</param>
public sealed class Wire(IReadOnlyList<ICompressionCodec> codecs)
{
    private long _bytes;

    /// <summary>Bytes received so far, as they came over the connection.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>For streams that no sample is taken of: <c>none</c> until the link has been measured.</summary>
    public string Codec { get; set; } = WireCodec.None;

    public ImmutableHashSet<string> Codecs => [.. codecs.Select(codec => codec.Name)];

    public Stream Receive(Stream output, string codec) =>
        codec == WireCodec.None ? Count(output) : codecs.Single(known => known.Name == codec).Decompress(Count(output));

    public Stream Count(Stream output) => new ProgressStream(output, bytes => Interlocked.Add(ref _bytes, bytes));
}
