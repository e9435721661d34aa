namespace RelayOps.Core.Stores;

/// <summary>What the workflows need of a repository, as lines for a person; nothing secret is in them.</summary>
public static class GitHubSetupPlan
{
    /// <summary>The environment that <c>restore.yml</c> runs in.</summary>
    public const string Environment = "production";

    /// <param name="knownHosts">How to come by the file <c>relay.hosts</c>; none where no server was named.</param>
    public static IReadOnlyList<string> For(GitHubRepository repository, bool environmentExists, IReadOnlyList<string> knownHosts) =>
    [
        $"# {repository}: what the workflows of RelayOps need",
        .. environmentExists ? [$"# environment {Environment}: is there; add required reviewers where the plan offers them"] : EnvironmentByHand(repository),
        "# secrets, read from files so that no shell remembers them:",
        $"gh secret set SSH_KEY --repo {repository} < relay-key          # a key of its own, without a passphrase, for this purpose alone",
        .. knownHosts.Count > 0 ? knownHosts
            : ["ssh-keyscan -t ed25519 YOUR-SERVER > relay.hosts               # compare with: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub (there)"],
        $"gh secret set KNOWN_HOSTS --repo {repository} < relay.hosts",
        $"gh secret set IDENTITY --repo {repository} < age-identity       # for drills and restores only; backups need the recipient alone",
        $"gh secret set PASSPHRASE --repo {repository} < passphrase        # instead, where ENCRYPT_TO is passphrase or age-passphrase",
        "# each of them also as <NAME>_<PROFILE>, for one profile alone",
        "# variables:",
        $"gh variable set SERVER --repo {repository} --body USER@YOUR-SERVER",
        $"gh variable set ENCRYPT_TO --repo {repository} --body age1...    # without it nothing is uploaded from a public repository",
        $"gh variable set PROFILES --repo {repository} --body '[\"default\"]' # one name for each .nuke/parameters.<name>.json",
        "# and, where the default does not suit: STORE (local+artifact), RESTORE_STORE (artifact), ARTIFACT_RETENTION_DAYS (30), MAX_AGE (26h), ALLOW_PLAINTEXT (false)",
        "# recommended: protect the default branch, require a review of .github/, and let only that branch deploy to " + Environment,
    ];

    /// <summary>For the default branch alone: from another one, whoever may push it could run a workflow with the environment's secrets.</summary>
    private static IReadOnlyList<string> EnvironmentByHand(GitHubRepository repository) =>
    [
        $"gh api --method PUT repos/{repository}/environments/{Environment} -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'",
        $"gh api --method POST repos/{repository}/environments/{Environment}/deployment-branch-policies -f name=YOUR-DEFAULT-BRANCH",
        "# then add required reviewers where the plan offers them",
    ];
}
