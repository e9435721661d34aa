using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Nuke.Common;

/// <summary>Conditions without which a build cannot go on. Being here, its name clashes with a test framework's as NUKE's does.</summary>
public static class Assert
{
    [DoesNotReturn]
    [SuppressMessage("Usage", "CA2201", Justification = "NUKE throws just this.")]
    public static void Fail(string message, Exception exception = null) => throw new Exception(message, exception);

    public static void True(bool condition, string message = null, [CallerArgumentExpression(nameof(condition))] string argumentExpression = null)
    {
        if (!condition)
            throw new ArgumentException(message ?? "Expected condition to be true", message is null ? argumentExpression : null);
    }

    public static void False(bool condition, string message = null, [CallerArgumentExpression(nameof(condition))] string argumentExpression = null)
    {
        if (condition)
            throw new ArgumentException(message ?? "Expected condition to be false", message is null ? argumentExpression : null);
    }
}
