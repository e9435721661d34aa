namespace RelayOps.Core.Stores;

/// <summary>Who may read a repository, and with it its releases and the artifacts of its runs.</summary>
public enum RepositoryVisibility
{
    /// <summary>It could not be established.</summary>
    Unknown,

    Public,

    /// <summary>Everybody of an enterprise.</summary>
    Internal,

    Private,
}

/// <summary>What GitHub said about a repository's visibility.</summary>
/// <param name="Why">Why it is unknown; null where it is known.</param>
public sealed record RepositoryExposure(GitHubRepository Repository, RepositoryVisibility Visibility, string? Why = null);

/// <summary>
/// An archive holds the key that decrypts every account. Where others may read, it leaves this machine encrypted or not at all: a public
/// repository's releases are everybody's, and its artifacts those of every signed-in user.
/// </summary>
public static class GitHubExposure
{
    /// <summary>Asked before a backup is made and again before anything is sent: a repository can be opened in between.</summary>
    /// <param name="store">As in <c>--store</c>.</param>
    /// <param name="isEncrypted">The archive that would be sent.</param>
    /// <param name="allowPlaintext"><c>--allow-plaintext</c>: lifts the refusal on a private repository alone.</param>
    /// <exception cref="RelayOpsException">The archive must not go there (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static void Require(string store, RepositoryExposure exposure, bool isEncrypted, bool allowPlaintext)
    {
        if (isEncrypted || (exposure.Visibility == RepositoryVisibility.Private && allowPlaintext))
            return;
        var what = $"an unencrypted backup is not sent to store {store}";
        throw exposure.Visibility switch
        {
            RepositoryVisibility.Private => Refusal(what, $"{exposure.Repository} is private, but who reads it has the server's keys",
                "pass --encrypt-to, or --allow-plaintext to accept that"),
            RepositoryVisibility.Public => Refusal(what, $"{exposure.Repository} is public: everybody could read the server's keys", "pass --encrypt-to"),
            RepositoryVisibility.Internal => Refusal(what, $"{exposure.Repository} is internal: everybody in the enterprise could read the server's keys",
                "pass --encrypt-to"),
            _ => Refusal(what, $"whether {exposure.Repository} is private could not be established: {exposure.Why ?? "GitHub did not say"}",
                "pass --encrypt-to, or a token that may read the repository"),
        };
    }

    private static RelayOpsException Refusal(string what, string why, string next) => new(what, why, next, ExitStatus.WrongUse);
}
