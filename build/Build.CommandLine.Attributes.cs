using System.Globalization;

/// <summary>
/// The values that a text parameter may have, without regard to case. One that ends with a colon stands for everything that begins so,
/// as <c>rclone:</c> does.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class OneOfAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values { get; } = values;

    /// <summary>Joins several of them, as in <c>redis+data</c>; null where only one may be given.</summary>
    public string? Separator { get; init; }
}

/// <summary>A text parameter that means a time span; see <see cref="Duration"/>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class DurationAttribute : Attribute;

/// <summary>
/// A secret that may also be the path of a file that holds it. Only the path may stand on the command line.
/// Unlike NUKE's <c>[Secret]</c> it does not make NUKE expect an encrypted value in a profile file, where the path belongs.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class SecretOrPathAttribute : Attribute;

/// <summary>
/// A target that with <c>--json</c> prints one JSON document, and nothing else, on standard output: one of its own, or else the run's report.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PrintsJsonAttribute : Attribute;

/// <summary>Reads <c>250ms</c>, <c>120s</c>, <c>10m</c>, <c>26h</c> and <c>2d</c>.</summary>
internal static class Duration
{
    public const string Examples = "120s, 10m, 26h or 2d";

    /// <exception cref="FormatException">The text is no such duration.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var duration) ? duration : throw new FormatException($"'{text}' is no duration such as {Examples}");

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var digits = text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.').Count();
        double? unit = text[digits..] switch
        {
            "ms" => 0.001,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => null,
        };
        if (unit is not { } seconds
            || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * seconds > TimeSpan.MaxValue.TotalSeconds)
            return false;

        duration = TimeSpan.FromSeconds(number * seconds);
        return true;
    }
}
