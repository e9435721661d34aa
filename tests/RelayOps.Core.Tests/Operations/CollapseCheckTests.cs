using RelayOps.Core.Backups;
using RelayOps.Core.Operations.Backup;

namespace RelayOps.Core.Tests.Operations;

public sealed class CollapseCheckTests
{
    [Fact]
    public void Case24_ARunWithNothingToBackUp_demand_refuses_half_the_keys()
    {
        var error = Assert.Throws<RelayOpsException>(() => CollapseCheck.Demand(Record(keys: 1000), Record(keys: 499)));

        Assert.Contains("--allow-shrink", error.Next, StringComparison.Ordinal);
        Assert.Equal(ExitStatus.Failed, error.Status);
    }

    [Fact]
    public void Demand_refuses_half_the_bytes() =>
        Assert.Throws<RelayOpsException>(() => CollapseCheck.Demand(Record(bytes: 1000), Record(bytes: 499)));

    [Fact]
    public void Demand_accepts_the_half_itself() => CollapseCheck.Demand(Record(1000, 1000), Record(500, 500));

    [Fact]
    public void Demand_does_not_compare_other_parts() => CollapseCheck.Demand(Record(1000, 1000), Record(1, 1) with { Only = "config" });

    [Fact]
    public void Demand_accepts_a_first_backup() => CollapseCheck.Demand(null, Record(0, 0));

    private static CatalogueRecord Record(long keys = 10, long bytes = 10) => new()
    {
        Format = 1,
        BackupId = "20250805_142530",
        Archive = "a.tar.gz",
        SizeBytes = 1,
        Sha256 = "00",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Server = new SourceServer("id", "name", "/srv/relay"),
        Tool = "RelayOps",
        Compression = "gzip",
        ContentBytes = bytes,
        StateBytes = bytes,
        Keys = keys,
        ManifestSha256 = "00",
    };
}
