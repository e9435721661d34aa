using System.Globalization;

namespace RelayOps.Benchmarks;

/// <summary>What the rounds of a measurement took, for a table.</summary>
internal static class Seconds
{
    public static double Median(List<double> seconds) => seconds.Order().ElementAt(seconds.Count / 2);

    /// <summary>Smallest, median and largest.</summary>
    public static string Range(List<double> seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds.Min():0.00} / {Median(seconds):0.00} / {seconds.Max():0.00}");

    /// <summary>Of the medians.</summary>
    public static string Ratio(List<double> measured, List<double> floor) => (Median(measured) / Median(floor)).ToString("0.00", CultureInfo.InvariantCulture);
}
