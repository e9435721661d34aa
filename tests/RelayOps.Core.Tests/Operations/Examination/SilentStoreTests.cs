using RelayOps.Core.Backups;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Tests.Operations.Examination;

/// <summary>What a store or a repository that does not answer may tell otherwise is not checked, and that says why.</summary>
public sealed class SilentStoreTests
{
    private static readonly RelayOpsException Silence = new("cannot list store release", "connection refused", "try it by hand", ExitStatus.NoConnection);

    private static StoreFacts Silent => new("release", true, [], Silence);

    private static StoreFacts Local => new("local", false, [HealthyFacts.Backup("20250805_120000", VerificationLevel.Drill, store: "local")]);

    [Theory]
    [InlineData("backups.verified")]
    [InlineData("backups.records")]
    [InlineData("backups.future")]
    [InlineData("backups.size")]
    [InlineData("backups.off-site")]
    [InlineData("backups.encrypted")]
    public void Judge_does_not_pass_what_it_may_tell_otherwise(string id) => AssertUnasked(Judge(id, Local, Silent));

    [Theory]
    [InlineData("backups.age")]
    [InlineData("backups.drilled")]
    [InlineData("deployment.key-fits-backup")]
    public void Judge_passes_what_others_prove_without_it(string id)
    {
        Assert.Equal(CheckOutcome.Passed, Judge(id, Local, Silent).Outcome);
        AssertUnasked(Judge(id, Silent));
    }

    [Fact]
    public void Judge_passes_a_copy_elsewhere_that_another_remote_has() => Assert.Equal(CheckOutcome.Passed,
        Judge("backups.off-site", Silent, new StoreFacts("rclone:there", true, [HealthyFacts.Backup("20250805_120000", store: "rclone:there")])).Outcome);

    [Fact]
    public void Judge_tells_what_is_ill_all_the_same()
    {
        var changed = new StoreFacts("local", false, [HealthyFacts.Backup("20250805_120000", store: "local") with { SizeBytes = 5 }]);

        Assert.Equal(CheckOutcome.Error, Judge("backups.records", changed, Silent).Outcome);
        Assert.Equal(CheckOutcome.Error, Judge("backups.stores", changed, Silent).Outcome);
    }

    [Fact]
    public void Judge_does_not_pass_a_visibility_that_nobody_knows()
    {
        var facts = HealthyFacts.All with
        {
            GitHub = HealthyFacts.All.GitHub.Select(github => github with { Exposure = github.Exposure with { Visibility = RepositoryVisibility.Unknown, Why = "404" } }),
        };

        var judgement = DoctorChecks.Judge(facts).Single(result => result.Check.Id == "github.visibility").Judgement;

        Assert.Equal(CheckOutcome.NotChecked, judgement.Outcome);
        Assert.Contains("404", judgement.Found, StringComparison.Ordinal);
    }

    private static void AssertUnasked(Judgement judgement) => Assert.Equal(
        Judgement.NotChecked("store release could not be asked: cannot list store release: connection refused"), judgement);

    private static Judgement Judge(string id, params StoreFacts[] stores)
    {
        var facts = HealthyFacts.All with { Backups = HealthyFacts.All.Backups.Select(backups => backups with { Stores = [.. stores] }) };
        return DoctorChecks.Judge(facts).Single(result => result.Check.Id == id).Judgement;
    }
}
