using RelayOps.Adapters.Archives;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;

namespace RelayOps.Adapters.Tests.Archives;

/// <summary>Archives as the tests need them.</summary>
internal static class SampleArchive
{
    public static readonly BackupId Id = BackupId.Get("20250805_142530");

    public static readonly DateTimeOffset Time = new(2025, 8, 5, 14, 0, 0, TimeSpan.Zero);

    public static EntryAttributes At(string path, int mode = 0x180) => new()
    {
        Path = path,
        Mode = mode,
        UserId = 999,
        GroupId = 1000,
        UserName = "redis",
        GroupName = "ubuntu",
        ModifiedAt = Time,
    };

    public static Manifest Manifest(ArchiveWriter writer) => new()
    {
        Format = Core.Backups.Manifest.CurrentFormat,
        BackupId = Id.ToString(),
        Tool = "RelayOps test",
        CreatedAt = Id.Time,
        Server = new SourceServer("0123456789abcdef", "local", "/srv/relay"),
        Entries = writer.Entries,
    };

    /// <summary>Writes an archive with what <paramref name="fill"/> adds.</summary>
    public static async Task<(byte[] Bytes, SealedArchive Sealed)> WriteAsync(
        Func<ArchiveWriter, Task> fill, string codec = "gzip", Func<ArchiveWriter, Manifest>? manifest = null, Func<Stream, Stream>? seal = null)
    {
        using var output = new MemoryStream();
        await using var writer = new ArchiveWriter(output, Id, new ArchiveWriterOptions { Codec = Codecs.All.Get(codec), Seal = seal }, default);
        await fill(writer);
        var archive = await writer.FinishAsync((manifest ?? Manifest)(writer), default);
        return (output.ToArray(), archive);
    }
}
