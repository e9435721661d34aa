using RelayOps.Core.Reporting;
using Spectre.Console;

namespace RelayOps.Adapters.Reporting;

/// <summary>
/// Tells a person what goes on. On a terminal the running phase has a line that is rewritten; elsewhere a phase has one line, and one
/// more for every ten seconds it takes. Everything is masked and neutralised. Thread-safe.
/// </summary>
public sealed class ConsoleReporter : IReporter, IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Report = TimeSpan.FromSeconds(10);

    /// <summary>What is quicker needs no progress.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly List<RunningPhase> running = [];
    private readonly IAnsiConsole console;
    private readonly TimeProvider time;
    private readonly SecretMask mask;
    private readonly bool isTerminal;
    private readonly ITimer timer;
    private string? status;

    /// <param name="isTerminal">Whether a line can be rewritten; see <see cref="ReportConsole"/>.</param>
    public ConsoleReporter(IAnsiConsole console, bool isTerminal, TimeProvider time, SecretMask mask)
    {
        (this.console, this.isTerminal, this.time, this.mask) = (console, isTerminal, time, mask);
        timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public IPhase Begin(string name, long? expectedBytes = null)
    {
        var phase = new RunningPhase(this, new PhaseState(mask.Clean(name), expectedBytes, time));
        lock (gate)
        {
            running.Add(phase);
            if (running.Count == 1)
                timer.Change(isTerminal ? Redraw : Quick, isTerminal ? Redraw : Quick);
        }

        return phase;
    }

    public void Note(string text)
    {
        lock (gate)
            WriteLine(mask.Clean(text), Style.Plain);
    }

    public void Warn(string text)
    {
        lock (gate)
            WriteLine("warning: " + mask.Clean(text), new Style(Color.Yellow));
    }

    public void Hide(string secret) => mask.Add(secret);

    /// <summary>Takes the status line away. Phases that still run are not waited for.</summary>
    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            running.Clear();
            EraseStatus();
        }
    }

    private void End(RunningPhase phase)
    {
        lock (gate)
        {
            if (!running.Remove(phase))
                return;
            if (running.Count == 0)
                timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            WriteLine(phase.State.Ended(), Style.Plain);
        }
    }

    private void Tick()
    {
        lock (gate)
        {
            if (isTerminal)
                DrawStatus();
            else
                ReportProgress();
        }
    }

    private void ReportProgress()
    {
        foreach (var phase in running.Where(phase => phase.State.Elapsed - phase.ReportedAt >= Report))
        {
            phase.ReportedAt = phase.State.Elapsed;
            WriteLine(phase.State.Running(), Style.Plain);
        }
    }

    /// <summary>The phase that began last is the one that explains the wait.</summary>
    private void DrawStatus()
    {
        if (running.LastOrDefault(phase => phase.State.Elapsed >= Quick) is not { } phase)
            return;
        var text = phase.State.Running();
        // One column is left free, since some terminals wrap when the last is filled.
        var width = Math.Max(console.Profile.Width - 1, 10);
        if (text.Length > width)
            text = text[..(width - 1)] + "…";
        if (text == status)
            return;
        EraseStatus();
        console.Write(new ControlCode(text));
        status = text;
    }

    private void EraseStatus()
    {
        if (status is not null)
            console.Write(new ControlCode("\r\u001b[2K"));
        status = null;
    }

    private void WriteLine(string text, Style style)
    {
        EraseStatus();
        foreach (var line in text.Split('\n'))
        {
            // Not through the renderer, which breaks lines at the console's width: a log's reader searches for whole lines.
            var isColoured = style != Style.Plain && console.Profile.Capabilities is { Ansi: true, ColorSystem: not ColorSystem.NoColors };
            console.Profile.Out.Writer.WriteLine(isColoured ? $"\u001b[33m{line}\u001b[0m" : line);
        }

        console.Profile.Out.Writer.Flush();
    }

    private sealed class RunningPhase(ConsoleReporter reporter, PhaseState state) : IPhase
    {
        public PhaseState State => state;

        public TimeSpan ReportedAt { get; set; }

        public void Advance(long bytes) => state.Advance(bytes);

        public void Expect(long bytes) => state.Expect(bytes);

        public void Dispose() => reporter.End(this);
    }
}
