using System.Globalization;
using System.Net;
using Octokit;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core;

namespace RelayOps.Adapters.Stores.Octokit;

/// <summary>What Octokit throws, told as plain REST tells it.</summary>
internal static class OctokitFailures
{
    /// <summary>Null for what is no answer of GitHub's and no failure to reach it.</summary>
    public static RelayOpsException? Find(string action, Exception error, CancellationToken cancellationToken) => error switch
    {
        ApiException api => GitHubFailure.Answer(action, api.StatusCode, api.Message),
        HttpRequestException or IOException => GitHubFailure.Unreachable(action, error),
        // Octokit's own timeout.
        OperationCanceledException when !cancellationToken.IsCancellationRequested => GitHubFailure.Unreachable(action, error),
        _ => null,
    };

    /// <summary>Null when it is no rate limit.</summary>
    public static TimeSpan? FindLimit(Exception error) => error switch
    {
        RateLimitExceededException primary => Floor(primary.GetRetryAfterTimeSpan()),
        SecondaryRateLimitExceededException or AbuseException => RetryAfter((ApiException)error) ?? TimeSpan.FromMinutes(1),
        ApiException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests } limited => RetryAfter(limited),
        _ => null,
    };

    private static TimeSpan? RetryAfter(ApiException error) =>
        error.HttpResponse?.Headers.FirstOrDefault(header => header.Key.Equals("retry-after", StringComparison.OrdinalIgnoreCase)).Value is { } value
        && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? Floor(TimeSpan.FromSeconds(seconds))
            : null;

    private static TimeSpan Floor(TimeSpan span) => span < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : span;
}
