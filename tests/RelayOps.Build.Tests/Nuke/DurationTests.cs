namespace RelayOps.Build.Tests.Nuke;

public sealed class DurationTests
{
    [Theory]
    [InlineData("26h", 26 * 3600)]
    [InlineData("120s", 120)]
    [InlineData("2d", 172800)]
    [InlineData("1.5m", 90)]
    [InlineData("0s", 0)]
    public void Duration_reads_a_number_and_its_unit(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("120")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999999d")]
    [InlineData("1..5s")]
    public void Duration_refuses_everything_else(string text) => Assert.Throws<FormatException>(() => Duration.Parse(text));
}
