using System.Globalization;
using System.Net;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>How long GitHub asks to wait: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api</summary>
internal static class RateLimit
{
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(1);

    /// <summary>For secondary limits without a figure, GitHub says a minute.</summary>
    private static readonly TimeSpan Unspecified = TimeSpan.FromMinutes(1);

    /// <summary>Null when the answer is no rate limit.</summary>
    public static TimeSpan? Find(HttpResponseMessage response, string message, DateTimeOffset now)
    {
        if (response.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests))
            return null;
        // The server's clock counts, where it tells it: the limit's end is a time of day.
        now = response.Headers.Date ?? now;
        if (response.Headers.RetryAfter is { } after)
            return Floor(after.Delta ?? after.Date - now ?? Unspecified);
        if (Header(response, "x-ratelimit-remaining") == 0 && Header(response, "x-ratelimit-reset") is { } reset)
            return Floor(DateTimeOffset.FromUnixTimeSeconds(reset) - now + AtLeast);
        return response.StatusCode == HttpStatusCode.TooManyRequests || message.Contains("rate limit", StringComparison.OrdinalIgnoreCase)
            || message.Contains("abuse detection", StringComparison.OrdinalIgnoreCase)
            ? Unspecified
            : null;
    }

    private static TimeSpan Floor(TimeSpan span) => span < AtLeast ? AtLeast : span;

    private static long? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 253402300799
            ? value
            : null;
}
