using System.Reflection;

namespace Nuke.Common.Execution;

internal static class Invocation
{
    /// <summary>The exception that was meant, without what reflection and tasks wrap around it.</summary>
    public static Exception Unwrap(Exception exception)
    {
        while (exception is TargetInvocationException or AggregateException { InnerExceptions.Count: 1 } && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    /// <summary>Reads a property as its declaring type implements it, also where a derived type hides or overrides it.</summary>
    public static T ReadNonVirtually<T>(PropertyInfo property, object instance)
    {
        var pointer = property.GetMethod.MethodHandle.GetFunctionPointer();
        return ((Func<T>)Activator.CreateInstance(typeof(Func<T>), instance, pointer))();
    }
}
