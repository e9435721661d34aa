using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Where GitHub is, who asks, and how long is waited. No record: it would print the token.</summary>
public sealed class GitHubConnection
{
    public required GitHubRepository Repository { get; init; }

    /// <summary>Null asks as nobody, which reads public repositories.</summary>
    public string? Token { get; init; }

    /// <summary>E.g. <c>https://ghe.example.org/api/v3</c>.</summary>
    public Uri ApiUrl { get; init; } = new("https://api.github.com");

    /// <summary>In all, for rate limits of one request; GitHub's own hour would outlast most jobs.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Without a byte in either direction a connection counts as lost.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(100);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Waits for a while; tests only remember how long.</summary>
    internal Func<TimeSpan, CancellationToken, Task>? Waiting { get; init; }

    internal Task WaitAsync(TimeSpan span, CancellationToken cancellationToken) =>
        Waiting?.Invoke(span, cancellationToken) ?? Task.Delay(span, Time, cancellationToken);
}
