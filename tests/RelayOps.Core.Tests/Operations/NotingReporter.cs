using RelayOps.Core.Reporting;

namespace RelayOps.Core.Tests.Operations;

/// <summary>Keeps the lines an operation says.</summary>
internal sealed class NotingReporter : IReporter
{
    public List<string> Lines { get; } = [];

    public IPhase Begin(string name, long? expectedBytes = null) => SilentReporter.Instance.Begin(name, expectedBytes);

    public void Note(string text) => Lines.Add(text);

    public void Warn(string text) => Lines.Add("warning: " + text);
}
