using System.Globalization;

namespace RelayOps.Core.Reporting;

/// <summary>Numbers as people read them; the same everywhere, whatever the locale.</summary>
public static class Figures
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>Three digits in decimal units: <c>999 B</c>, <c>1.23 MB</c>, <c>12.3 GB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        // 999.5 would print as 1000 of the smaller unit.
        for (; bytes >= 999.5 && unit < Units.Length - 1; unit++)
            bytes /= 1000;
        var digits = unit == 0 || bytes >= 99.95 ? "0" : bytes >= 9.995 ? "0.0" : "0.00";
        return $"{bytes.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary><c>0.4 s</c>, <c>12 s</c>, <c>3 min 5 s</c>, <c>2 h 10 min</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        var tenths = Math.Round(span.TotalSeconds, 1, MidpointRounding.AwayFromZero);
        if (tenths < 10)
            return string.Create(CultureInfo.InvariantCulture, $"{tenths:0.0} s");
        var seconds = (long)Math.Round(span.TotalSeconds);
        return seconds < 60 ? $"{seconds} s"
            : seconds < 3600 ? $"{seconds / 60} min {seconds % 60} s"
            : $"{seconds / 3600} h {seconds % 3600 / 60} min";
    }

    /// <summary>The largest unit alone: <c>30 s</c>, <c>5 min</c>, <c>26 h</c>, <c>3 d</c>; two days are the first to be counted in days.</summary>
    public static string Age(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "in the future",
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} d",
    };

    /// <summary><c>1,234,567</c>.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
