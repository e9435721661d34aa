using Octokit;
using RelayOps.Adapters.Stores.GitHub;

namespace RelayOps.Adapters.Stores.Octokit;

/// <summary>Calls Octokit as plain REST is called: waits for rate limits, repeats what may be repeated, and fails in our words.</summary>
internal sealed class OctokitCalls
{
    private const int Attempts = 5;

    private readonly GitHubConnection connection;
    private readonly GitHubClient octokit;

    public OctokitCalls(GitHubConnection connection)
    {
        this.connection = connection;
        var credentials = connection.Token is { Length: > 0 } token ? new Credentials(token, AuthenticationType.Bearer) : Credentials.Anonymous;
        // A connection of its own, because the client would put /api/v3/ behind an address that has it already.
        octokit = new GitHubClient(new Connection(
            new ProductHeaderValue("RelayOps"), new Uri(connection.ApiUrl.AbsoluteUri.TrimEnd('/') + '/'), new global::Octokit.Internal.InMemoryCredentialStore(credentials)));
        octokit.SetRequestTimeout(connection.StallTimeout);
    }

    public string Owner => connection.Repository.Owner;

    public string Name => connection.Repository.Name;

    /// <exception cref="NotFoundException">There is no such thing: what that means is the caller's to say.</exception>
    /// <exception cref="Core.RelayOpsException">GitHub refused, or could not be reached.</exception>
    public async Task<T> DoAsync<T>(string action, bool mayRepeat, Func<GitHubClient, Task<T>> work, CancellationToken cancellationToken, bool mayBeGone = false)
    {
        var waited = TimeSpan.Zero;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work(octokit).WaitAsync(cancellationToken);
            }
            catch (Exception e) when (!(mayBeGone && e is NotFoundException) && OctokitFailures.Find($"{action} in {connection.Repository}", e, cancellationToken) is { } failure)
            {
                var limit = OctokitFailures.FindLimit(e);
                if (limit is { } wait && (waited += wait) > connection.LongestWait)
                    throw GitHubFailure.Limited(failure.What, wait);
                if (limit is null && (!failure.IsTransient || !mayRepeat || attempt == Attempts))
                    throw failure;
                await connection.WaitAsync(limit ?? TimeSpan.FromSeconds(Math.Pow(2, attempt - 1)), cancellationToken);
            }
        }
    }
}
