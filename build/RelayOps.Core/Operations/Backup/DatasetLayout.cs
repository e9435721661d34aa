using System.Text;
using RelayOps.Core.Archives;
using RelayOps.Core.Deployments;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Backup;

/// <summary>The names and owners of a dataset's files in an archive: a Redis with its own defaults loads them either way.</summary>
internal sealed class DatasetLayout(RedisServer redis, DateTimeOffset modifiedAt)
{
    private const int DirectoryMode = 0b111_101_101;
    private const int PrivateDirectoryMode = 0b111_000_000;
    private const int PrivateFileMode = 0b110_000_000;

    public IEnumerable<EntryAttributes> Directories => redis.HasAppendOnlyDirectory
        ? [At("", DirectoryMode), At("/appendonlydir", PrivateDirectoryMode)] : [At("", DirectoryMode)];

    public EntryAttributes Dump => At("/dump.rdb", PrivateFileMode);

    /// <summary>An append-only file may begin with an RDB: before Redis 7 as the file itself, later as the base of a directory.</summary>
    public EntryAttributes AppendBase => At(
        redis.HasAppendOnlyDirectory ? "/appendonlydir/appendonly.aof.1.base.rdb" : "/appendonly.aof", PrivateFileMode);

    /// <summary>Redis 7 and later alone.</summary>
    public EntryAttributes? AppendManifest =>
        redis.HasAppendOnlyDirectory ? At("/appendonlydir/appendonly.aof.manifest", PrivateFileMode) : null;

    public static ReadOnlyMemory<byte> AppendManifestText => Encoding.ASCII.GetBytes("file appendonly.aof.1.base.rdb seq 1 type b\n");

    private EntryAttributes At(string path, int mode) => new()
    {
        Path = RedisFinder.DataDirectory + path,
        Mode = mode,
        UserId = redis.OwnerIds.User,
        GroupId = redis.OwnerIds.Group,
        ModifiedAt = modifiedAt,
    };
}
