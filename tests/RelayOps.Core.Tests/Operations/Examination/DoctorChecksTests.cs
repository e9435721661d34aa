using RelayOps.Core.Operations.Doctor;

namespace RelayOps.Core.Tests.Operations.Examination;

public sealed class DoctorChecksTests
{
    public static TheoryData<int, string> Cases => IllFacts.All.Select((ill, at) => (ill.Id, At: at))
        .Aggregate(new TheoryData<int, string>(), (cases, ill) => { cases.Add(ill.At, ill.Id); return cases; });

    [Fact]
    public void Judge_passes_every_check_of_what_is_well() =>
        Assert.All(DoctorChecks.Judge(HealthyFacts.All), result => Assert.True(result.Outcome == CheckOutcome.Passed, $"{result.Check.Id}: {result.Judgement}"));

    [Theory, MemberData(nameof(Cases))]
    public void Judge_sees_what_is_ill_and_says_how_to_mend_it(int at, string id)
    {
        var ill = IllFacts.All[at];

        var judgement = DoctorChecks.Judge(ill.Make(HealthyFacts.All)).Single(result => result.Check.Id == id).Judgement;

        Assert.True(judgement.Outcome == ill.Outcome, $"{id}: {judgement}");
        Assert.True(judgement is { Found.Length: > 0, Next.Length: > 0 }, $"{id}: {judgement}");
    }

    [Fact]
    public void Judge_is_seen_failing_in_each_of_its_checks()
    {
        Assert.Empty(DoctorChecks.All.Select(check => check.Id).Except(IllFacts.All.Select(ill => ill.Id)));
        Assert.InRange(DoctorChecks.All.Length, 45, 200);
    }

    [Fact]
    public void All_have_an_id_of_their_own_and_say_why_they_matter()
    {
        Assert.Equal(DoctorChecks.All.Length, DoctorChecks.All.DistinctBy(check => check.Id).Count());
        Assert.All(DoctorChecks.All, check => Assert.Matches("^(machine|connection|server|docker|redis|deployment|backups|github)[.][a-z-]+$", check.Id));
        Assert.All(DoctorChecks.All, check => Assert.True(check.Why.Length > 10, check.Id));
    }

    /// <summary>What is behind a group that failed is not checked, and everything else is.</summary>
    [Fact]
    public void Judge_lets_no_group_hide_another()
    {
        var broken = new RelayOpsException("it broke", "a test wants it", "mend it");

        var results = DoctorChecks.Judge(HealthyFacts.All with { Docker = Gathered.Failed<DockerFacts>(broken), Backups = Gathered.Failed<BackupFacts>(broken) });

        Assert.Equal(["backups.stores", "docker.daemon"], results.Where(result => result.Outcome == CheckOutcome.Error).Select(result => result.Check.Id).Order());
        Assert.All(results.Where(result => result.Check.Group is "redis" or "server" or "machine"), result => Assert.Equal(CheckOutcome.Passed, result.Outcome));
    }

    [Fact]
    public void Judge_makes_nothing_of_groups_that_were_not_looked_at()
    {
        const string reason = "no server is named";
        var facts = HealthyFacts.All with
        {
            Login = Gathered.None<LoginFacts>(reason),
            Connection = Gathered.None<ConnectionFacts>(reason),
            Server = Gathered.None<ServerFacts>(reason),
            Docker = Gathered.None<DockerFacts>(reason),
            Redis = Gathered.None<RedisFacts>(reason),
            Deployment = Gathered.None<DeploymentFacts>(reason),
            GitHub = Gathered.None<GitHubFacts>(reason),
        };

        Assert.All(DoctorChecks.Judge(facts).Where(result => result.Check.Group is not ("machine" or "backups")),
            result => Assert.Equal((CheckOutcome.NotChecked, reason), (result.Outcome, result.Judgement.Found)));
    }

    [Theory]
    [InlineData(".env", "ubuntu", true)]
    [InlineData(".env", "root", false)]
    [InlineData("data/init.json", "root", true)]
    public void Judge_offers_to_close_only_what_stays_readable_to_who_needs_it(string name, string owner, bool isOffered)
    {
        var facts = HealthyFacts.All with
        {
            Server = HealthyFacts.All.Server.Select(server => server with { Modes = server.Modes.SetItem(name, new OwnedMode(Convert.ToInt32("664", 8), owner)) }),
        };

        var fixes = DoctorChecks.Judge(facts).SelectMany(result => result.Judgement.Fixes).ToList();

        Assert.Equal(isOffered ? [new Mending(MendingKind.ModeThere, name, Convert.ToInt32("600", 8))] : [], fixes);
    }

    [Fact]
    public void Judge_leaves_the_mode_of_a_directory_with_other_files_alone()
    {
        var facts = HealthyFacts.All with
        {
            Machine = HealthyFacts.All.Machine.Select(machine => machine with { DirectoryMode = Convert.ToInt32("755", 8), HoldsOtherFiles = true }),
        };

        Assert.Empty(DoctorChecks.Judge(facts).SelectMany(result => result.Judgement.Fixes));
    }
}
