namespace RelayOps.Core.Archives;

/// <summary>The compressed formats that are built in.</summary>
public sealed class CodecSet(IEnumerable<ICompressionCodec> codecs)
{
    private readonly ICompressionCodec[] codecs = [.. codecs];

    public IEnumerable<string> Names => codecs.Select(codec => codec.Name);

    /// <param name="name">The value of <c>--compression</c>.</param>
    /// <exception cref="RelayOpsException">No such format is built in (<see cref="ExitStatus.WrongUse"/>).</exception>
    public ICompressionCodec Get(string name) =>
        codecs.FirstOrDefault(codec => codec.Name == name) ?? throw new RelayOpsException(
            $"cannot compress with '{name}'", "it is not built in", $"use one of: {string.Join(", ", Names)}", ExitStatus.WrongUse);

    /// <summary>The format whose files begin like this; null for anything else, a plain tar included.</summary>
    public ICompressionCodec? FindByMagic(ReadOnlySpan<byte> beginning)
    {
        foreach (var codec in codecs)
        {
            if (beginning.StartsWith(codec.Magic))
                return codec;
        }

        return null;
    }

    /// <summary>How many bytes <see cref="FindByMagic"/> wants to see.</summary>
    public int LongestMagic => codecs.Select(codec => codec.Magic.Length).DefaultIfEmpty().Max();
}
