using System.ComponentModel;

namespace Nuke.Common.Utilities;

/// <summary>Text to the type of a parameter.</summary>
internal static class Conversion
{
    /// <param name="values">As given; empty for a flag without a value.</param>
    /// <param name="type">An array takes any number, everything else exactly one.</param>
    /// <param name="separator">Splits a single text into several.</param>
    /// <param name="flag">What a bool without a value means.</param>
    public static object Convert(IReadOnlyList<string> values, Type type, char? separator, bool flag)
    {
        if (separator is { } character && values.Any(value => value.Contains(character)))
        {
            values = values.Count == 1
                ? values[0].Split(character)
                : throw new InvalidOperationException($"[ {string.Join(", ", values)} ] cannot be split with separator '{character}'");
        }

        if (type.IsArray)
            return ConvertArray(values, type.GetElementType());
        if (values.Count == 1)
            return ConvertOne(values[0], type);
        if (values.Count == 0)
            return type == typeof(bool) || type == typeof(bool?) ? flag : null;

        throw new InvalidOperationException($"Value [ {string.Join(", ", values)} ] cannot be assigned to '{NameOf(type)}'");
    }

    public static object ConvertOne(string value, Type type)
    {
        if (type == typeof(string) || type == typeof(object))
            return value;

        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or InvalidOperationException or OverflowException)
        {
            throw new InvalidOperationException($"Value '{value}' could not be converted to '{NameOf(type)}'", exception);
        }
    }

    private static Array ConvertArray(IReadOnlyList<string> values, Type elementType)
    {
        var array = Array.CreateInstance(elementType, values.Count);
        for (var i = 0; i < values.Count; i++)
            array.SetValue(ConvertOne(values[i], elementType), i);
        return array;
    }

    private static string NameOf(Type type) => type switch
    {
        _ when type.IsArray => NameOf(type.GetElementType()) + "[]",
        _ when Nullable.GetUnderlyingType(type) is { } underlying => NameOf(underlying) + "?",
        _ when type == typeof(int) => "int",
        _ when type == typeof(long) => "long",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(string) => "string",
        _ => type.Name,
    };
}
