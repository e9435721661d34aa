using RelayOps.Core.Reporting;

namespace RelayOps.Core.Tests.Reporting;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(999.7, "1.00 kB")]
    [InlineData(1_234, "1.23 kB")]
    [InlineData(12_340_000, "12.3 MB")]
    [InlineData(999_499_999, "999 MB")]
    [InlineData(999_500_000, "1.00 GB")]
    [InlineData(5e18, "5000 PB")]
    public void Bytes_has_three_digits(double bytes, string expected) => Assert.Equal(expected, Figures.Bytes(bytes));

    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.99, "10 s")]
    [InlineData(59.6, "1 min 0 s")]
    [InlineData(185, "3 min 5 s")]
    [InlineData(7_830, "2 h 10 min")]
    public void Duration_has_two_units_at_most(double seconds, string expected) =>
        Assert.Equal(expected, Figures.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-1, "in the future")]
    [InlineData(59, "59 s")]
    [InlineData(3_599, "59 min")]
    [InlineData(93_600, "26 h")]
    [InlineData(172_800, "2 d")]
    public void Age_has_one_unit(double seconds, string expected) => Assert.Equal(expected, Figures.Age(TimeSpan.FromSeconds(seconds)));
}
