using RelayOps.Core.Archives;

namespace RelayOps.Adapters.Archives;

/// <summary>The compressed formats that this build has.</summary>
public static partial class Codecs
{
    public static CodecSet All { get; } = Build();

    private static CodecSet Build()
    {
        var codecs = new List<ICompressionCodec> { new GzipCodec() };
        AddPackaged(codecs);
        // The program serves where no library for the format is built in.
        if (codecs.All(codec => codec.Name != "zstd"))
            codecs.Add(new ZstdProgram("zstd"));
        return new CodecSet(codecs);
    }

    /// <summary>Vanishes where SharpCompress is not built in.</summary>
    static partial void AddPackaged(List<ICompressionCodec> codecs);
}
