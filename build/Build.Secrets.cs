using System.Collections;
using RelayOps.Adapters.Stores;

/// <summary>The secrets of a run, taken out of the environment: whatever RelayOps starts later inherits none of them.</summary>
internal sealed record Secrets
{
    private const string NukePrefix = "NUKE_";

    /// <summary>A path or a text.</summary>
    public string? SshKey { get; private init; }

    /// <summary>A path or a text; null where the new server takes the same key.</summary>
    public string? NewSshKey { get; private init; }

    public string? SshKeyPassphrase { get; private init; }

    public string? GithubToken { get; private init; }

    /// <summary>A path or a text.</summary>
    public string? Identity { get; private init; }

    public string? Passphrase { get; private init; }

    /// <summary>Null where a backup that is encrypted anew keeps its passphrase.</summary>
    public string? NewPassphrase { get; private init; }

    /// <summary>A path, a text or a fingerprint.</summary>
    public string? SignWith { get; private init; }

    /// <summary>Addresses that may hold tokens: the composition adds their parts to what is masked.</summary>
    public string? Notify { get; private init; }

    /// <summary>The stores, where the name of one holds credentials; else null, and <c>--store</c> is no secret.</summary>
    public string? Store { get; private init; }

    /// <summary>The path, where <see cref="Identity"/> is one.</summary>
    public string? IdentityFile => IsPath(Identity) ? Identity : null;

    /// <summary>What must never be shown; a path may be.</summary>
    public IEnumerable<string> Texts =>
        new[] { IsPath(SshKey) ? null : SshKey, IsPath(NewSshKey) ? null : NewSshKey, SshKeyPassphrase, IsPath(Identity) ? null : Identity, Passphrase, NewPassphrase, IsPath(SignWith) ? null : SignWith, GithubToken }.OfType<string>()
            .Concat(Store is null ? [] : StoreList.Secrets(Store));

    public static Secrets TakeFrom(Build build)
    {
        var (server, encryption, github) = ((IHazServer)build, (IHazEncryption)build, (IHazGitHub)build);
        var stores = ((IHazStores)build).Store;
        var secrets = new Secrets
        {
            SshKey = server.SshKey,
            NewSshKey = ((IMigrate)build).NewSshKey,
            SshKeyPassphrase = server.SshKeyPassphrase,
            Identity = encryption.Identity,
            Passphrase = encryption.Passphrase,
            NewPassphrase = ((IReencrypt)build).NewPassphrase,
            SignWith = ((IHazSignatures)build).SignWith,
            GithubToken = github.GithubToken,
            Notify = ((IHazNotifications)build).Notify,
            Store = StoreList.HoldsSecret(stores) ? stores : null,
        };
        Forget(nameof(SshKey), nameof(NewSshKey), nameof(SshKeyPassphrase), nameof(Identity), nameof(Passphrase), nameof(NewPassphrase), nameof(SignWith), nameof(GithubToken), nameof(Notify));
        if (secrets.Store is not null)
            Forget(nameof(Store));
        return secrets;
    }

    /// <summary>An age identity is the only key whose text fits into one line.</summary>
    private static bool IsPath(string? pathOrText) =>
        pathOrText is not null && !pathOrText.Contains('\n') && !pathOrText.StartsWith("AGE-", StringComparison.OrdinalIgnoreCase);

    /// <summary>NUKE finds a parameter's variable without regard to case and underscores.</summary>
    private static void Forget(params string[] parameters)
    {
        foreach (var name in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => (string)variable.Key).ToList())
        {
            var bare = name.StartsWith(NukePrefix, StringComparison.OrdinalIgnoreCase) ? name[NukePrefix.Length..] : name;
            if (parameters.Contains(bare.Replace("_", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase))
                Environment.SetEnvironmentVariable(name, null);
        }
    }

    /// <summary>Says nothing.</summary>
    public override string ToString() => nameof(Secrets);
}
