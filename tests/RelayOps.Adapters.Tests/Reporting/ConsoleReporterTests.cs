using Microsoft.Extensions.Time.Testing;
using RelayOps.Adapters.Reporting;
using RelayOps.Core.Reporting;
using Spectre.Console;

namespace RelayOps.Adapters.Tests.Reporting;

public sealed class ConsoleReporterTests : IDisposable
{
    private const string Erase = "\r\u001b[2K";

    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly FakeTimeProvider time = new();
    private readonly SecretMask mask = new();

    public void Dispose() => output.Dispose();

    [Fact]
    public void Begin_has_one_line_for_a_phase_without_a_terminal()
    {
        using var reporter = Log();
        using (var phase = reporter.Begin("pack"))
        {
            time.Advance(TimeSpan.FromSeconds(4));
            phase.Advance(12_000_000);
        }

        Assert.Equal("pack: 12.0 MB in 4.0 s (3.00 MB/s)\n", output.ToString());
    }

    [Fact]
    public void Begin_has_one_more_line_for_every_ten_seconds_without_a_terminal()
    {
        using var reporter = Log();
        using (var phase = reporter.Begin("pack", 100_000_000))
        {
            for (var second = 0; second < 25; second++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                phase.Advance(1_000_000);
            }
        }

        Assert.Equal("""
            pack: 9.00 MB of 100 MB (9%), 900 kB/s, 1 min 41 s left
            pack: 19.0 MB of 100 MB (19%), 950 kB/s, 1 min 25 s left
            pack: 25.0 MB in 25 s (1.00 MB/s)

            """, output.ToString());
    }

    [Fact]
    public void Begin_says_no_remaining_time_that_nobody_knows()
    {
        using var reporter = Log();
        using (var phase = reporter.Begin("pack", 1_000))
        {
            phase.Advance(5_000_000);
            time.Advance(TimeSpan.FromSeconds(10));
            phase.Expect(50_000_000);
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(["pack: 5.00 MB, 500 kB/s, 10 s", "pack: 5.00 MB of 50.0 MB (10%), 250 kB/s, 3 min 0 s left", "pack: 5.00 MB in 20 s (250 kB/s)", ""],
            output.ToString().Split('\n'));
    }

    [Fact]
    public void Begin_has_the_time_alone_for_a_phase_without_bytes()
    {
        using var reporter = Log();
        using (reporter.Begin("snapshot of redis"))
            time.Advance(TimeSpan.FromMilliseconds(1_500));

        Assert.Equal("snapshot of redis: 1.5 s\n", output.ToString());
    }

    [Fact]
    public void Dispose_of_a_phase_ends_it_once()
    {
        using var reporter = Log();
        var phase = reporter.Begin("pack");
        phase.Dispose();
        phase.Dispose();
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("pack: 0.0 s\n", output.ToString());
    }

    [Fact]
    public void Begin_rewrites_one_line_on_a_terminal_once_a_second_has_passed()
    {
        using var reporter = Terminal();
        using (var phase = reporter.Begin("pack", 10_000_000))
        {
            phase.Advance(1_000_000);
            time.Advance(TimeSpan.FromMilliseconds(750));
            Assert.Empty(output.ToString());
            time.Advance(TimeSpan.FromMilliseconds(250));
            time.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal("pack: 1.00 MB of 10.0 MB (10%), 1.00 MB/s, 9.0 s left" + Erase
            + "pack: 1.00 MB of 10.0 MB (10%), 800 kB/s, 11 s left" + Erase + "pack: 1.00 MB in 1.3 s (800 kB/s)\n", output.ToString());
    }

    [Fact]
    public void Begin_cuts_the_line_to_the_terminals_width()
    {
        using var reporter = Terminal(width: 20);
        using var phase = reporter.Begin("a phase with a long name");
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("a phase with a lon…", output.ToString());
    }

    [Fact]
    public void Note_goes_above_the_line_that_is_rewritten()
    {
        using var reporter = Terminal();
        using var phase = reporter.Begin("pack");
        time.Advance(TimeSpan.FromSeconds(1));
        reporter.Note("skipped a socket");

        Assert.Equal($"pack: 1.0 s{Erase}skipped a socket\n", output.ToString());
    }

    [Fact]
    public void Begin_shows_the_phase_that_began_last_and_then_the_one_around_it()
    {
        using var reporter = Terminal();
        using var outer = reporter.Begin("backup");
        var inner = reporter.Begin("snapshot");
        time.Advance(TimeSpan.FromSeconds(1));
        inner.Dispose();
        time.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal($"snapshot: 1.0 s{Erase}snapshot: 1.0 s\nbackup: 1.3 s", output.ToString());
    }

    [Fact]
    public void Warn_is_coloured_on_a_terminal_only()
    {
        using (var reporter = Terminal(colours: ColorSystemSupport.Standard))
            reporter.Warn("clock is off");
        using (var reporter = Terminal())
            reporter.Warn("clock is off");
        using (var reporter = Log())
            reporter.Warn("clock is off");

        Assert.Equal("\u001b[33mwarning: clock is off\u001b[0m\nwarning: clock is off\nwarning: clock is off\n", output.ToString());
    }

    [Fact]
    public void Case26_ARemoteLineThatIsACommandToTheRunner_is_not_printed_as_one()
    {
        mask.Add("s3cret");
        using var reporter = Log();
        reporter.Note("it said:\n::error::s3cret");
        reporter.Warn("\u001b[2Jcleared s3\u001b[0mcret");
        reporter.Begin("::stop-commands::x").Dispose();

        Assert.Equal("it said:\n: :error::***\nwarning: cleared ***\n: :stop-commands::x: 0.0 s\n", output.ToString());
    }

    [Fact]
    public void Note_leaves_long_lines_and_brackets_as_they_are()
    {
        using var reporter = Terminal(width: 20);
        reporter.Note("[red]a line that is longer than the terminal is wide[/]");

        Assert.Equal("[red]a line that is longer than the terminal is wide[/]\n", output.ToString());
    }

    [Theory]
    [InlineData(true, "", "", "", false, false)]
    [InlineData(false, "TERM=dumb", "", "", false, false)]
    [InlineData(false, "CI=true", "", "", false, false)]
    [InlineData(false, "NO_COLOR=1", "", "", null, false)]
    public void For_knows_what_can_be_shown(bool isRedirected, string first, string second, string third, bool? isTerminal, bool hasColour)
    {
        var environment = new[] { first, second, third }.Where(pair => pair.Length > 0).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        var made = ReportConsole.For(output, isRedirected, environment.GetValueOrDefault);

        // With a terminal the answer is the machine's own, where the test runs.
        Assert.True(isTerminal is null || made.IsTerminal == isTerminal);
        Assert.Equal(hasColour, made.Console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors);
    }

    private ConsoleReporter Log() => Make(isTerminal: false, 80, ColorSystemSupport.NoColors);

    private ConsoleReporter Terminal(int width = 80, ColorSystemSupport colours = ColorSystemSupport.NoColors) => Make(isTerminal: true, width, colours);

    private ConsoleReporter Make(bool isTerminal, int width, ColorSystemSupport colours)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = width;
        return new ConsoleReporter(console, isTerminal, time, mask);
    }
}
