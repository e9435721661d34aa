using System.Text.Json;
using NJsonSchema;
using RelayOps.Adapters.Reporting;
using RelayOps.Adapters.Tests.Stores;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Tests.Reporting;

public sealed class ReportPublisherTests : IDisposable
{
    private readonly TemporaryDirectory home = new();
    private readonly StringWriter runner = new();
    private readonly SecretMask mask = new();

    private string ReportPath => home["artifacts/report.json"];

    public void Dispose()
    {
        home.Dispose();
        runner.Dispose();
    }

    public static TheoryData<string> Cases => new("backup", "failure", "restore", "rehearsal");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task PublishAsync_writes_a_report_that_meets_the_published_schema(string which)
    {
        await PublishAsync(Report(which));

        var schema = await JsonSchema.FromJsonAsync(ReportFile.Schema, CancellationToken.None);
        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(ReportPath)));
    }

    [Theory]
    [InlineData("\"exitStatus\": 0", "\"exitStatus\": 8")]
    [InlineData("\"verified\": \"deep\"", "\"verified\": \"very\"")]
    [InlineData("\"backupId\": \"20250805_142530\"", "\"backupId\": \"latest\"")]
    [InlineData("\"verdict\":", "\"verdikt\":")]
    public async Task Schema_refuses_a_report_that_is_wrong(string right, string wrong)
    {
        await PublishAsync(Reports.Backup);
        var text = await File.ReadAllTextAsync(ReportPath);
        Assert.Contains(right, text, StringComparison.Ordinal);

        var schema = await JsonSchema.FromJsonAsync(ReportFile.Schema, CancellationToken.None);

        Assert.NotEmpty(schema.Validate(text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Schema_describes_every_name_that_is_written()
    {
        await PublishAsync(Report("restore") with { Error = Reports.Failure.Error });
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(ReportPath));
        using var schema = JsonDocument.Parse(ReportFile.Schema);

        var described = Names(schema.RootElement).ToHashSet();

        Assert.Empty(Names(report.RootElement).Where(name => name != "claude accounts").Except(described));
    }

    [Fact]
    public async Task PublishAsync_writes_all_destinations_on_GitHub()
    {
        await File.WriteAllTextAsync(home["summary"], "# before\n");
        await File.WriteAllTextAsync(home["output"], "before=1\n");

        Assert.Empty(await PublishAsync(Reports.Backup));

        Assert.StartsWith("# before\n## ✅ Backup", await File.ReadAllTextAsync(home["summary"]), StringComparison.Ordinal);
        Assert.StartsWith("before=1\nbackup-id=20250805_142530\n", await File.ReadAllTextAsync(home["output"]), StringComparison.Ordinal);
        Assert.Equal("::warning title=Backup::a log file shrank while it was read: logs/a|b.log" + Environment.NewLine, runner.ToString());
    }

    [Fact]
    public async Task PublishAsync_writes_the_report_alone_elsewhere()
    {
        var destinations = ReportDestinations.From(name => name == "GITHUB_STEP_SUMMARY" ? home["summary"] : null, runner, ReportPath, mask);

        await ReportPublisher.PublishAsync(Reports.Backup, destinations, CancellationToken.None);

        Assert.Equal(["artifacts"], Directory.EnumerateFileSystemEntries(home.Path).Select(entry => Path.GetFileName(entry)));
        Assert.Empty(runner.ToString());
    }

    [Fact]
    public async Task PublishAsync_lets_no_secret_into_any_destination()
    {
        mask.Add("s3cret/key");
        var leak = "it said s3cret/key and czNjcmV0L2tleQ==";
        var report = Reports.Failure with
        {
            Operation = leak,
            Verdict = leak,
            Error = new ReportedError(leak, leak, leak),
            Warnings = [leak],
            Log = [leak],
            MovedTo = leak,
            Certificate = leak,
            Phases = [new ReportedPhase(leak, 1, null)],
            Backup = Reports.Backup.Backup! with { Archive = leak, Stores = [leak], LeftToWorkflow = [leak], SignedBy = leak },
            Retention = new ReportedRetention([], []) { Decisions = [new ReportedDecision("1", leak, true, leak)], NextExpiry = new ReportedExpiry("1", leak, Reports.Failure.StartedAt) },
            Restore = new ReportedRestore("1", 1, 1, [leak], 1),
            Checks = [new ReportedCheck("redis.last-save", "error", leak, "why", leak, CanFix: false)],
        };

        await PublishAsync(report);

        var all = string.Concat(Directory.EnumerateFiles(home.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText)) + runner;
        Assert.DoesNotContain("s3cret", all, StringComparison.Ordinal);
        Assert.DoesNotContain("czNjcmV0", all, StringComparison.Ordinal);
        Assert.Contains("it said *** and ***", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishAsync_goes_on_when_a_destination_cannot_be_written_and_says_which()
    {
        Directory.CreateDirectory(home["summary"]);

        var problems = await PublishAsync(Reports.Backup);

        Assert.StartsWith("the job summary could not be written", Assert.Single(problems), StringComparison.Ordinal);
        Assert.True(File.Exists(home["output"]));
    }

    [Fact]
    public async Task PublishAsync_replaces_a_former_report_and_leaves_nothing_else()
    {
        await PublishAsync(Reports.Backup);
        await PublishAsync(Reports.Failure);

        Assert.Equal(["report.json"], Directory.EnumerateFileSystemEntries(home["artifacts"]).Select(entry => Path.GetFileName(entry)));
        Assert.Contains("could not be reached", await File.ReadAllTextAsync(ReportPath), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ReportPath));
    }

    private static OperationReport Report(string which) => which switch
    {
        "backup" => Reports.Backup,
        "failure" => Reports.Failure,
        "rehearsal" => Reports.Backup with { Rehearsal = new ReportedRehearsal("redis-server 7.0.15", [new ReportedStep("backup", 1.5)]) },
        _ => Reports.Backup with
        {
            Operation = "Restore",
            DowntimeSeconds = 2.5,
            RolledBack = false,
            DryRun = true,
            Restore = new ReportedRestore("20250805_142530", 1300, 1290, ["redis_data.bak.20250806_000000"], 30_000_000),
            Log = ["looking at the server"],
        },
    };

    private static IEnumerable<string> Names(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Names(property.Value).Prepend(property.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Names),
        _ => [],
    };

    private async Task<IReadOnlyList<string>> PublishAsync(OperationReport report)
    {
        var environment = new Dictionary<string, string>
        { ["GITHUB_ACTIONS"] = "true", ["GITHUB_STEP_SUMMARY"] = home["summary"], ["GITHUB_OUTPUT"] = home["output"] };
        return await ReportPublisher.PublishAsync(report,
            ReportDestinations.From(environment.GetValueOrDefault, runner, ReportPath, mask), CancellationToken.None);
    }
}
