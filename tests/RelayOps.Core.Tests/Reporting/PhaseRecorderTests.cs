using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Tests.Reporting;

public sealed class PhaseRecorderTests
{
    private readonly FakeTimeProvider time = new();
    private readonly PhaseRecorder recorder;

    public PhaseRecorderTests() => recorder = new PhaseRecorder(SilentReporter.Instance, time);

    [Fact]
    public void Phases_have_seconds_and_bytes_in_the_order_in_which_they_ended()
    {
        var outer = recorder.Begin("pack");
        using (var inner = recorder.Begin("snapshot of redis", 100))
        {
            inner.Advance(60);
            inner.Advance(40);
            time.Advance(TimeSpan.FromSeconds(1.5));
        }

        time.Advance(TimeSpan.FromSeconds(1));
        outer.Dispose();
        outer.Dispose();

        Assert.Equal([new ReportedPhase("snapshot of redis", 1.5, 100), new ReportedPhase("pack", 2.5, null)], recorder.Phases.AsEnumerable());
    }

    [Fact]
    public void Tail_has_the_last_lines_of_every_kind()
    {
        for (var line = 1; line <= 50; line++)
            recorder.Note($"line {line}");
        recorder.Warn("clock is off");
        recorder.Begin("pack").Dispose();

        Assert.Equal(40, recorder.Tail.Length);
        Assert.Equal(["line 50", "warning: clock is off", "pack: 0.0 s"], recorder.Tail[^3..].AsEnumerable());
    }

    [Fact]
    public void Warnings_are_each_there_once()
    {
        recorder.Warn("a log file shrank");
        recorder.Warn("clock is off");
        recorder.Warn("a log file shrank");

        Assert.Equal(["a log file shrank", "clock is off"], recorder.Warnings.AsEnumerable());
    }
}
