namespace RelayOps.Core.Reporting;

/// <summary>Says nothing: for <c>--json</c>, where standard output belongs to the document.</summary>
public sealed class SilentReporter : IReporter
{
    public static SilentReporter Instance { get; } = new();

    public IPhase Begin(string name, long? expectedBytes = null) => SilentPhase.Instance;

    public void Note(string text)
    {
    }

    public void Warn(string text)
    {
    }

    private sealed class SilentPhase : IPhase
    {
        public static SilentPhase Instance { get; } = new();

        public void Advance(long bytes)
        {
        }

        public void Expect(long bytes)
        {
        }

        public void Dispose()
        {
        }
    }
}
