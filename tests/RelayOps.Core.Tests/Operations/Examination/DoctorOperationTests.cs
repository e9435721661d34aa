using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Tests.Hosts;

namespace RelayOps.Core.Tests.Operations.Examination;

/// <summary>What <c>--fix</c> does and what it says that it did.</summary>
public sealed class DoctorOperationTests
{
    private const string Closing = "here: chmod 700 '/backups'";
    private const string Archive = "here: chmod 600 '/backups/a.tar.gz'";
    private const string Recovery = "there: finish or undo the interrupted operation by its journal";

    private readonly NotingReporter reporter = new();
    private readonly Machine machine = new();

    private static AnsweringHost Server => new(command => command.Equals(ServerLook.Command(HealthyFacts.Path))
        ? $"user=ubuntu\nnow={HealthyFacts.Now.ToUnixTimeSeconds()}\nwritable=yes\njournal=yes\n" : null);

    [Fact]
    public async Task RunAsync_calls_mended_what_a_second_look_no_longer_finds()
    {
        machine.Heeds = path => path == "/backups";

        var report = await RunAsync(new Wish { Fix = true });

        Assert.Equal([Closing], report.Mended.Select(mending => mending.ToString()));
        Assert.Equal([$"mended {Closing}", $"warning: tried, and not seen to be mended: {Archive}"], reporter.Lines);
        Assert.Equal((CheckOutcome.Passed, CheckOutcome.Error), (Outcome(report, "machine.directory-mode"), Outcome(report, "machine.archive-modes")));
    }

    [Fact]
    public async Task RunAsync_calls_nothing_mended_that_it_cannot_look_at_again()
    {
        machine.LooksOnce = true;

        var report = await RunAsync(new Wish { Fix = true });

        Assert.Equal(["/backups", "/backups/a.tar.gz"], machine.Changed);
        Assert.Empty(report.Mended);
        Assert.DoesNotContain(reporter.Lines, line => line.StartsWith("mended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_changes_nothing_without_fix_and_tells_what_a_dry_run_would()
    {
        await RunAsync(new Wish());
        await RunAsync(new Wish { Fix = true, DryRun = true });

        Assert.Empty(machine.Changed);
        Assert.Equal([$"would mend {Closing}", $"would mend {Archive}"], reporter.Lines);
    }

    /// <summary>A recovery may stop and start the service: more than modes and directories.</summary>
    [Fact]
    public async Task RunAsync_leaves_an_interrupted_operation_alone_until_that_is_confirmed()
    {
        await using var server = Server;

        var report = await RunAsync(new Wish { Fix = true }, server);

        Assert.DoesNotContain(server.Commands, command => command.Effect == CommandEffect.Changes);
        Assert.Equal((CheckOutcome.Error, true), (Outcome(report, "server.journal"), report.Mended.All(mending => mending.Kind != MendingKind.Recovery)));
        Assert.Contains(reporter.Lines, line => line.Contains(Recovery, StringComparison.Ordinal) && line.Contains("Doctor --fix --confirm yes", StringComparison.Ordinal));
        Assert.Contains(report.Table(), line => line.Contains("(--fix --confirm yes does it)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_recovers_once_that_is_confirmed()
    {
        await using var server = Server;

        await RunAsync(new Wish { Fix = true, DryRun = true, IsConfirmed = true }, server);
        Assert.Contains($"would mend {Recovery}", reporter.Lines);

        // It is begun, on a server that says nothing of its deployment.
        var failed = await Assert.ThrowsAsync<RelayOpsException>(() => RunAsync(new Wish { Fix = true, IsConfirmed = true }, server));
        Assert.Contains("cannot look around on relay", failed.What, StringComparison.Ordinal);
    }

    private sealed record Wish
    {
        public bool Fix { get; init; }

        public bool DryRun { get; init; }

        public bool IsConfirmed { get; init; }
    }

    private Task<DoctorReport> RunAsync(Wish wish, IHost? host = null) => new DoctorOperation(new DoctorSources
    {
        Machine = machine,
        HasLogin = false,
        OpenAsync = host is null ? null : _ => Task.FromResult(host),
        Stores = [],
        Compose = new NoCompose(),
        Reporter = reporter,
        Time = new FakeTimeProvider(HealthyFacts.Now),
    }).RunAsync(new DoctorRequest
    {
        DeploymentPath = HealthyFacts.Path,
        MaxAge = TimeSpan.FromHours(26),
        Retention = new RetentionPolicy(),
        Fix = wish.Fix,
        DryRun = wish.DryRun,
        IsConfirmed = wish.IsConfirmed,
        Owner = new LockOwner("Doctor", "me", "here", null, HealthyFacts.Now),
        LockWait = TimeSpan.Zero,
    }, CancellationToken.None);

    private static CheckOutcome Outcome(DoctorReport report, string id) => report.Results.Single(result => result.Check.Id == id).Outcome;

    /// <summary>Its store and an archive in it are open to others, until a change is heeded.</summary>
    private sealed class Machine : IThisMachine
    {
        private readonly HashSet<string> closed = [];
        private int looks;

        public Func<string, bool> Heeds { get; set; } = _ => true;

        public bool LooksOnce { get; set; }

        public List<string> Changed { get; } = [];

        public Task<MachineFacts> LookAsync(CancellationToken cancellationToken) => LooksOnce && looks++ > 0
            ? throw new RelayOpsException("cannot look at this machine", "a test wants it", "look again")
            : Task.FromResult(HealthyFacts.All.Machine.Facts! with
            {
                DirectoryMode = Convert.ToInt32(closed.Contains("/backups") ? "700" : "755", 8),
                OpenArchives = closed.Contains("/backups/a.tar.gz") ? [] : ImmutableArray.Create("/backups/a.tar.gz"),
            });

        public Task<LoginFacts> LookForLoginAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public void SetMode(string path, int mode)
        {
            Changed.Add(path);
            if (Heeds(path))
                closed.Add(path);
        }

        public void MakeDirectory(string path, int mode) => throw new NotSupportedException();
    }

    private sealed class NoCompose : IComposeParser
    {
        public ComposeFile Parse(string text) => throw new NotSupportedException();
    }
}
