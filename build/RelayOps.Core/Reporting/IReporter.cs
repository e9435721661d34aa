namespace RelayOps.Core.Reporting;

/// <summary>Where an operation tells what it does while it does it.</summary>
public interface IReporter
{
    /// <summary>Begins a phase; disposing the handle ends it.</summary>
    /// <param name="name">In the operator's words, e.g. <c>snapshot of redis</c>.</param>
    /// <param name="expectedBytes">Null when nobody knows.</param>
    IPhase Begin(string name, long? expectedBytes = null);

    /// <summary>A line worth reading.</summary>
    void Note(string text);

    /// <summary>Something a person should look at; the operation goes on.</summary>
    void Warn(string text);

    /// <summary>From now on it is shown nowhere, whoever says it.</summary>
    void Hide(string secret)
    {
    }
}

/// <summary>A phase that runs. Thread-safe; <see cref="Advance"/> is cheap enough for every block.</summary>
public interface IPhase : IDisposable
{
    void Advance(long bytes);

    /// <summary>Makes the size known once it is.</summary>
    void Expect(long bytes);
}
