namespace RelayOps.Build.Tests.Workflows;

public sealed class WorkflowPolicyTests
{
    private const string Sound = """
        on: push
        permissions: {}
        jobs:
          job:
            timeout-minutes: 10
            permissions:
              contents: read
            concurrency:
              group: one
              cancel-in-progress: false
              queue: max
            steps:
              - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
                with:
                  persist-credentials: false
              - run: ./build.sh Backup
                env:
                  LEVEL: ${{ inputs.level }}
              - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
                if: always() && steps.backup.outputs.artifact != '' && (steps.backup.outputs.encrypted == 'true' || vars.ALLOW_PLAINTEXT == 'true')
                with:
                  name: backup
                  path: ${{ steps.backup.outputs.artifact }}
              - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
                if: always()
                with:
                  name: report
                  path: |
                    artifacts/report.json
                    artifacts/*.drill.json
        """;

    public static TheoryData<string> Files => [.. WorkflowFile.Paths.Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Violations_has_none_of(string file) => Assert.Empty(WorkflowPolicy.Violations(Workflow(file)));

    [Fact]
    public void Violations_is_empty_for_a_sound_workflow() => Assert.Empty(WorkflowPolicy.Violations(new WorkflowFile("sound.yml", Sound)));

    [Theory]
    [InlineData("permissions: {}", "permissions: write-all", "permissions: {}")]
    [InlineData("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "pinned by commit")]
    [InlineData(" # v7.0.1", "", "version in a comment")]
    [InlineData("    timeout-minutes: 10\n", "", "timeout")]
    [InlineData("timeout-minutes: 10", "timeout-minutes: 360", "timeout")]
    [InlineData("    permissions:\n      contents: read\n", "", "permitted")]
    [InlineData("    permissions:\n      contents: read\n", "    permissions: write-all\n", "permitted")]
    [InlineData("    permissions:\n      contents: read\n", "    permissions: read-all\n", "permitted")]
    [InlineData("      queue: max\n", "", "queues")]
    [InlineData("cancel-in-progress: false", "cancel-in-progress: true", "queues")]
    [InlineData("persist-credentials: false", "persist-credentials: true", "credentials")]
    [InlineData("run: ./build.sh Backup", "run: ./build.sh Backup --level ${{ inputs.level }}", "env: alone")]
    [InlineData("run: ./build.sh Backup", "run: ./build.sh Backup Verify", "one target")]
    [InlineData("run: ./build.sh Backup", "run: echo; ./build.sh Backup", "one target")]
    [InlineData("if: always() && ", "if: ", "left is uploaded")]
    [InlineData("(steps.backup.outputs.encrypted == 'true' || vars.ALLOW_PLAINTEXT == 'true')", "true", "encrypted or that was waived")]
    [InlineData("steps.backup.outputs.artifact != '' && ", "", "that store was asked")]
    [InlineData("steps.backup.outputs.artifact != '' && ", "steps.backup.outputs.archive != '' && ", "that store was asked")]
    [InlineData("artifacts/report.json", "artifacts", "that store was asked")]
    [InlineData("artifacts/report.json", "artifacts/backups/claude-relay-backup-20250805_142530.json", "that store was asked")]
    [InlineData("artifacts/report.json", "${{ env.BACKUP_DIRECTORY }}", "that store was asked")]
    [InlineData("artifacts/report.json", "artifacts/*", "that store was asked")]
    public void Violations_names_the_rule_that_is_broken(string sound, string broken, string rule)
    {
        Assert.Contains(sound, Sound, StringComparison.Ordinal);

        var violations = WorkflowPolicy.Violations(new WorkflowFile("broken.yml", Sound.Replace(sound, broken, StringComparison.Ordinal)));

        Assert.Contains(violations, violation => violation.Contains(rule, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Schedules_are_off_the_hour_in(string file) =>
        Assert.All(Workflow(file).Schedules, cron => Assert.InRange(int.Parse(cron.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 5, 55));

    [Fact]
    public void Jobs_are_permitted_exactly_what_they_need() => Assert.Equal(
        [
            "backup.yml backup: actions: read, contents: write, issues: write",
            "ci.yml check: contents: read",
            "ci.yml build: contents: read",
            "drill.yml drill: actions: read, contents: read, issues: write",
            "restore.yml restore: actions: read, contents: read",
            "status.yml status: actions: read, contents: read, issues: write",
        ],
        WorkflowFile.Paths.Select(WorkflowFile.Read).SelectMany(workflow => workflow.Jobs.Select(job => $"{workflow.Name} {job.Id}: {job.Permissions}")));

    [Fact]
    public void Backup_drill_and_status_run_by_themselves() =>
        Assert.Equal(["backup.yml", "drill.yml", "status.yml"], WorkflowFile.Paths.Select(WorkflowFile.Read).Where(workflow => workflow.Schedules.Count > 0).Select(workflow => workflow.Name));

    [Fact]
    public void Restore_is_dispatched_alone_runs_dry_unless_told_otherwise_and_waits_for_the_environment()
    {
        var restore = Workflow("restore.yml");

        Assert.Equal("production", Assert.Single(restore.Jobs).Find("environment"));
        Assert.Equal(("boolean", "true"), (restore.Input("dry-run", "type"), restore.Input("dry-run", "default")));
        Assert.Equal(("choice", "''"), (restore.Input("only", "type"), $"'{restore.Input("confirm", "default")}'"));
        Assert.Empty(restore.Schedules);
    }

    [Fact]
    public void Backup_and_restore_of_one_profile_wait_for_each_other()
    {
        Assert.Equal("relayops-${{ matrix.profile }}", Assert.Single(Workflow("backup.yml").Jobs).Concurrency("group"));
        Assert.Equal("relayops-${{ inputs.profile }}", Assert.Single(Workflow("restore.yml").Jobs).Concurrency("group"));
    }

    [Fact]
    public void Files_are_those_that_the_documentation_names() =>
        Assert.Equal(["backup.yml", "ci.yml", "drill.yml", "restore.yml", "status.yml"], WorkflowFile.Paths.Select(path => Path.GetFileName(path)));

    private static WorkflowFile Workflow(string file) => WorkflowFile.Read(Path.Combine(WorkflowFile.Root, ".github", "workflows", file));
}
