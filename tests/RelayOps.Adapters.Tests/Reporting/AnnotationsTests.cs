using RelayOps.Adapters.Reporting;

namespace RelayOps.Adapters.Tests.Reporting;

public sealed class AnnotationsTests
{
    [Fact]
    public void Of_has_one_for_the_error_and_one_for_each_warning()
    {
        var report = Reports.Failure with { Warnings = ["one", "two"], Operation = "Backup: a,b" };

        Assert.Equal(
        [
            "::error title=Backup%3A a%2Cb::cannot connect to relay.example.org:22: connection refused | : :error::50%25 done. check the address",
            "::warning title=Backup%3A a%2Cb::one",
            "::warning title=Backup%3A a%2Cb::two",
        ], Annotations.Of(report));
    }

    [Fact]
    public void Of_has_none_without_warning_or_error() => Assert.Empty(Annotations.Of(Reports.Backup with { Warnings = [] }));

    [Theory]
    [InlineData(10, 10, "::warning title=Backup::9")]
    [InlineData(11, 10, "::warning title=Backup::2 more: see the job summary")]
    [InlineData(500, 10, "::warning title=Backup::491 more: see the job summary")]
    public void Of_never_has_more_of_a_kind_than_GitHub_shows(int warnings, int annotations, string last)
    {
        var all = Annotations.Of(Reports.Backup with { Warnings = [.. Enumerable.Range(0, warnings).Select(number => $"{number}")] });

        Assert.Equal(annotations, all.Count);
        Assert.Equal(last, all[^1]);
    }
}
