using System.Collections.Immutable;

namespace RelayOps.Core.Reporting;

/// <summary>Remembers phases and warnings for the <see cref="OperationReport"/> while passing them on. Thread-safe.</summary>
public sealed class PhaseRecorder(IReporter inner, TimeProvider time) : IReporter
{
    private const int LongestTail = 40;

    private readonly Lock gate = new();
    private readonly List<ReportedPhase> phases = [];
    private readonly List<string> warnings = [];
    private readonly Queue<string> said = new();

    /// <summary>In the order in which they ended.</summary>
    public ImmutableArray<ReportedPhase> Phases
    {
        get
        {
            lock (gate)
                return [.. phases];
        }
    }

    /// <summary>Each once, however often it was said.</summary>
    public ImmutableArray<string> Warnings
    {
        get
        {
            lock (gate)
                return [.. warnings.Distinct()];
        }
    }

    /// <summary>The last lines, for whoever looks into a failure.</summary>
    public ImmutableArray<string> Tail
    {
        get
        {
            lock (gate)
                return [.. said];
        }
    }

    public IPhase Begin(string name, long? expectedBytes = null) =>
        new RecordedPhase(this, name, inner.Begin(name, expectedBytes), time.GetTimestamp());

    public void Note(string text)
    {
        Remember(text);
        inner.Note(text);
    }

    public void Warn(string text)
    {
        lock (gate)
            warnings.Add(text);
        Remember("warning: " + text);
        inner.Warn(text);
    }

    public void Hide(string secret) => inner.Hide(secret);

    private void Remember(string text)
    {
        lock (gate)
        {
            said.Enqueue(text);
            if (said.Count > LongestTail)
                said.Dequeue();
        }
    }

    private sealed class RecordedPhase(PhaseRecorder recorder, string name, IPhase inner, long began) : IPhase
    {
        private long bytes;
        private int ended;

        public void Advance(long bytes)
        {
            Interlocked.Add(ref this.bytes, bytes);
            inner.Advance(bytes);
        }

        public void Expect(long bytes) => inner.Expect(bytes);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) != 0)
                return;
            var moved = Interlocked.Read(ref bytes);
            var phase = new ReportedPhase(name, recorder.SecondsSince(began), moved > 0 ? moved : null);
            lock (recorder.gate)
                recorder.phases.Add(phase);
            recorder.Remember($"{name}: {Figures.Duration(TimeSpan.FromSeconds(phase.Seconds))}");
            inner.Dispose();
        }
    }

    private double SecondsSince(long began) => Math.Round(time.GetElapsedTime(began).TotalSeconds, 3);
}
