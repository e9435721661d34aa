using RelayOps.Core.Backups;

namespace RelayOps.Core.Tests.Backups;

public sealed class BackupIdTests
{
    private static readonly DateTimeOffset Now = new(2025, 8, 5, 14, 25, 30, 999, TimeSpan.Zero);

    [Fact]
    public void Free_is_the_second_of_now() => Assert.Equal("20250805_142530", BackupId.Free(Now, []).ToString());

    [Fact]
    public void Free_is_the_next_second_that_nobody_has() => Assert.Equal("20250805_142532",
        BackupId.Free(Now, [BackupId.Get("20250805_142530"), BackupId.Get("20250805_142531"), BackupId.Get("20250805_142540")]).ToString());

    [Theory]
    [InlineData("2025-08-05")]
    [InlineData("20250805_142560")]
    [InlineData("20250805_142530 ")]
    [InlineData("latest")]
    public void Get_refuses_what_is_no_id(string text) =>
        Assert.Equal(ExitStatus.WrongUse, Assert.Throws<RelayOpsException>(() => BackupId.Get(text)).Status);
}
