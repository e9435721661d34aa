using System.Collections.Immutable;
using System.Text;
using RelayOps.Core.Backups;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Backups;

public class ManifestJsonTests
{
    internal static readonly Manifest Sample = new()
    {
        Format = Manifest.CurrentFormat,
        BackupId = "20250805_142530",
        Tool = "RelayOps 0.1.0",
        CreatedAt = new DateTimeOffset(2025, 8, 5, 14, 25, 30, TimeSpan.Zero),
        Server = new SourceServer("0123456789abcdef", "ubuntu@host", "/home/ubuntu/claude-relay-deployment"),
        Entries =
        [
            new ManifestEntry
            {
                Path = "data/ünï.json", Kind = EntryKind.File, Size = 3, Sha256 = new string('a', 64), Mode = "0644",
                UserId = 0, GroupId = 0, ModifiedAt = DateTimeOffset.UnixEpoch,
            },
        ],
        Redis = new DatasetManifest
        {
            RedisVersion = "7.0.15",
            RdbVersion = 10,
            TakenBy = "bgsave",
            Counts = new DatasetCounts
            {
                Databases = ImmutableSortedDictionary<int, DatabaseCounts>.Empty
                    .Add(0, new DatabaseCounts(3, 1, ImmutableSortedDictionary<string, long>.Empty.Add("usage", 2).Add("apikey", 1))),
            },
        },
        Images = [new ContainerImage("redis", "redis:7-alpine", "sha256:1", ["redis@sha256:2"])],
        Skipped = [new SkippedFile("data/socket", "a socket")],
    };

    [Fact]
    public void Read_gives_back_what_was_written()
    {
        var json = ManifestJson.Write(Sample);
        var read = ManifestJson.Read(json);
        Assert.Equal(json, ManifestJson.Write(read));
        Assert.Equal(Sample.Redis, read.Redis);
        Assert.Equal(Sample.Entries.AsEnumerable(), read.Entries);
    }

    [Fact]
    public void Write_is_readable_and_the_same_each_time()
    {
        var text = Encoding.UTF8.GetString(ManifestJson.Write(Sample));
        Assert.StartsWith("{\n  \"format\": 1,\n  \"backupId\": \"20250805_142530\"", text, StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"file\"", text, StringComparison.Ordinal);
        Assert.Contains("ünï", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_says_that_a_newer_format_needs_a_newer_version()
    {
        var error = Assert.Throws<RelayOpsException>(() => ManifestJson.Read("""{"format": 2, "unheard": {}}"""u8));
        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains("format 2", error.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format": 1}""")]
    [InlineData("""{"format": "1"}""")]
    [InlineData("""{"format": 1, "backupId": null, "tool": "", "createdAt": "2025-08-05T00:00:00Z", "server": {}, "entries": []}""")]
    [InlineData("""{"format":1,"backupId":"","tool":"","createdAt":"2025-08-05T00:00:00Z","server":{"id":"","name":"","deploymentPath":""},"entries":[null]}""")]
    [InlineData("""{"format":1,"backupId":"","tool":"","createdAt":"2025-08-05T00:00:00Z","server":{"id":"","name":"","deploymentPath":""},"entries":null}""")]
    public void Read_refuses_what_is_no_manifest(string json) =>
        Assert.Equal(ExitStatus.BadBackup, Assert.Throws<RelayOpsException>(() => ManifestJson.Read(Encoding.UTF8.GetBytes(json))).Status);

    [Fact]
    public void Read_takes_a_manifest_without_the_optional_parts()
    {
        var manifest = ManifestJson.Read("""{"format":1,"backupId":"x","tool":"","createdAt":"2025-08-05T00:00:00Z","server":{"id":"","name":"","deploymentPath":""},"entries":[]}"""u8);
        Assert.Empty(manifest.Images);
        Assert.Empty(manifest.Skipped);
        Assert.Null(manifest.Redis);
    }
}
