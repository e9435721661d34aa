using RelayOps.Core.Streams;

namespace RelayOps.Core.Archives;

/// <summary>A file's content in an archive, which tells damage below it as damage of the archive.</summary>
internal sealed class EntryContent(Stream data) : ReadOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await data.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (ArchiveReader.IsDamage(exception))
        {
            throw ArchiveReader.Bad(ArchiveReader.Reason(exception), exception);
        }
    }
}
