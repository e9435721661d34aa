using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Tests.Operations;

internal sealed class SilentReporter : IReporter
{
    public IPhase Begin(string name, long? expectedBytes = null) => new Phase();

    public void Note(string text)
    {
    }

    public void Warn(string text)
    {
    }

    private sealed class Phase : IPhase
    {
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
