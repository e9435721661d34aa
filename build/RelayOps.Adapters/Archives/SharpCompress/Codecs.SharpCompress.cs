using RelayOps.Core.Archives;

namespace RelayOps.Adapters.Archives;

public static partial class Codecs
{
    static partial void AddPackaged(List<ICompressionCodec> codecs) => codecs.Add(new SharpCompressZstdCodec());
}
