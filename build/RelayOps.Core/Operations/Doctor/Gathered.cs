namespace RelayOps.Core.Operations.Doctor;

/// <summary>The facts of a group, or why there are none: an error, or nothing to look at.</summary>
public sealed record Gathered<T> where T : class
{
    internal Gathered(T? facts, RelayOpsException? error, string reason) => (Facts, Error, Reason) = (facts, error, reason);

    public T? Facts { get; }

    /// <summary>What went wrong while it was looked at; null where nothing was meant to be.</summary>
    public RelayOpsException? Error { get; }

    /// <summary>Why there are no facts.</summary>
    public string Reason { get; }

    public Gathered<TOther> Select<TOther>(Func<T, TOther> change) where TOther : class =>
        new(Facts is null ? null : change(Facts), Error, Reason);
}

public static class Gathered
{
    public static Gathered<T> Of<T>(T facts) where T : class => new(facts, null, "");

    public static Gathered<T> Failed<T>(RelayOpsException error) where T : class => new(null, error, error.What);

    public static Gathered<T> None<T>(string reason) where T : class => new(null, null, reason);

    /// <summary>Whatever goes wrong becomes the group's own error, so that one group never hides another.</summary>
    public static async Task<Gathered<T>> TryAsync<T>(string what, Func<Task<T>> gather) where T : class
    {
        try
        {
            return Of(await gather());
        }
        catch (RelayOpsException error)
        {
            return Failed<T>(error);
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            return Failed<T>(new RelayOpsException($"cannot look at {what}", unforeseen.Message, "this is a defect of RelayOps: report it", ExitStatus.Failed, unforeseen));
        }
    }
}
