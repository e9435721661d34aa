using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Adapters.Stores.Rclone;
using RelayOps.Core;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

/// <summary>The stores that <c>--store</c> names beside the local one, and what else is done at GitHub.</summary>
internal sealed class GitHubComposition : IDisposable
{
    private readonly Build _build;
    private readonly string? _token;
    private readonly string _named;
    private readonly IReporter _reporter;
    private readonly List<IDisposable> _opened = [];
    private readonly List<string> _admitted = [];
    private IReadOnlyList<IBackupStore>? _stores;

    public GitHubComposition(Build build, Secrets secrets, IReporter reporter)
    {
        _build = build;
        _token = secrets.GithubToken;
        _named = secrets.Store ?? ((IHazStores)build).Store;
        _reporter = reporter;
    }

    private IHazGitHub Parameters => _build;

    /// <summary>As they may be shown, in the order of <c>--store</c>.</summary>
    public IEnumerable<string> ShownNames => StoreNames.Select(StoreList.Shown);

    private IEnumerable<string> StoreNames => StoreList.Split(_named).Select(name => name.Trim()).Where(name => name.Length > 0);

    public bool IsLocalNamed => StoreNames.Contains(LocalDirectoryStore.StoreName, StringComparer.OrdinalIgnoreCase);

    /// <summary>In the order of <c>--store</c>; opened when first asked for.</summary>
    /// <exception cref="RelayOpsException">No repository was named (<see cref="ExitStatus.WrongUse"/>).</exception>
    public IReadOnlyList<IBackupStore> Stores => _stores ??= Distinct(
        [.. StoreNames.Where(name => !name.Equals(LocalDirectoryStore.StoreName, StringComparison.OrdinalIgnoreCase)).Distinct().Select(Open)]);

    public IReadOnlyList<IBackupDestination> Destinations => [.. Stores.OfType<IBackupDestination>()];

    /// <summary>Stores that a later step of the workflow fills: those alone that were named and would take this backup.</summary>
    public IEnumerable<string> LeftToWorkflow => Variable("GITHUB_ACTIONS") == "true" ? _admitted.Distinct() : [];

    public GitHubRepository Repository => Parameters.Repository is { Length: > 0 } named ? GitHubRepository.Parse(named)
        : Variable("GITHUB_REPOSITORY") is { } own ? GitHubRepository.Parse(own)
        : throw new RelayOpsException("no repository was named", "--repository has no default outside of GitHub Actions", "pass --repository owner/name", ExitStatus.WrongUse);

    /// <summary>Before anything is read from the server: what must not leave this machine is not made in vain.</summary>
    public async Task RequireAdmissionAsync(bool isEncrypted, CancellationToken cancellationToken)
    {
        foreach (var store in Stores)
        {
            if (store is IBackupDestination destination)
                await destination.RequireAdmissionAsync(isEncrypted, cancellationToken);
            else if (store is ArtifactStore artifacts)
            {
                await artifacts.RequireAdmissionAsync(isEncrypted, cancellationToken);
                _admitted.Add(artifacts.Name);
            }
        }

        if (Stores.Count == 0 && Variable("RUNNER_ENVIRONMENT") == "github-hosted")
            _reporter.Warn("the backup stays on this runner, which GitHub removes after the job: name another store in STORE, e.g. local+artifact");
    }

    /// <summary>A repository was named, or a store lies in one.</summary>
    public bool IsNamed => Parameters.Repository is { Length: > 0 } || HasStore;

    private bool TellsIncidents => !Parameters.NoIncident && (Parameters.Incident ?? Variable("GITHUB_ACTIONS") == "true");

    private bool HasStore => StoreNames.Any(name => name.ToLowerInvariant() is ReleaseStore.StoreName or ArtifactStore.StoreName);

    /// <exception cref="RelayOpsException">No repository was named (<see cref="ExitStatus.WrongUse"/>).</exception>
    public async Task<GitHubFacts> LookAsync(bool isEncrypting, CancellationToken cancellationToken)
    {
        using var look = new GitHubLook(Connection());
        return await look.TakeAsync(HasStore, isEncrypting, Parameters.AllowPlaintext, cancellationToken);
    }

    /// <param name="knownHosts">What the plan says of the server's host keys.</param>
    public async Task<IReadOnlyList<string>> SetUpAsync(bool dryRun, IReadOnlyList<string> knownHosts, CancellationToken cancellationToken)
    {
        var repository = Repository;
        if (!dryRun && _token is { Length: > 0 })
        {
            using var setup = new GitHubSetup(Connection());
            await setup.CreateEnvironmentAsync(GitHubSetupPlan.Environment, cancellationToken);
            return GitHubSetupPlan.For(repository, environmentExists: true, knownHosts);
        }

        return GitHubSetupPlan.For(repository, environmentExists: false, knownHosts);
    }

    /// <returns>What could not be told; null when all was, or nothing was to tell.</returns>
    public async Task<string?> TellIncidentAsync(OperationReport report, CancellationToken cancellationToken)
    {
        if (report.DryRun || report.Operation is not ("Backup" or "Verify" or "Status") || !TellsIncidents)
            return null;
        try
        {
            var run = Variable("GITHUB_RUN_ID") is { } id ? $"{Variable("GITHUB_SERVER_URL")}/{Repository}/actions/runs/{id}" : null;
            var subject = $"{report.Operation} {Variable("PROFILE")}".TrimEnd();
            using var incident = new GitHubIncident(Connection(), new IncidentContext(subject, run, Variable("GITHUB_EVENT_NAME") == "schedule"));
            return await incident.TellAsync(report, cancellationToken);
        }
        catch (RelayOpsException e)
        {
            return e.Message;
        }
    }

    public void Dispose()
    {
        foreach (var store in _opened)
            store.Dispose();
    }

    /// <summary>What tells them apart must be more than what is hidden of their names: reports speak of them by these.</summary>
    private static IReadOnlyList<IBackupStore> Distinct(IReadOnlyList<IBackupStore> stores) =>
        stores.OfType<RcloneStore>().GroupBy(store => store.Name).FirstOrDefault(group => group.Count() > 1) is not { Key: var name } ? stores
            : throw new RelayOpsException($"two stores are called {name}", "they differ in nothing that may be shown", "make a named remote of one of them (rclone config)", ExitStatus.WrongUse);

    private IBackupStore Open(string name)
    {
        if (name.StartsWith(RcloneStore.Prefix, StringComparison.OrdinalIgnoreCase))
            return new RcloneStore(RcloneStore.Prefix + name[RcloneStore.Prefix.Length..], Parameters.AllowPlaintext);
        IBackupStore store = name.ToLowerInvariant() switch
        {
            ReleaseStore.StoreName => new ReleaseStore(Connection(), Parameters.AllowPlaintext, _reporter),
            ArtifactStore.StoreName => new ArtifactStore(Connection(), Parameters.AllowPlaintext, _reporter),
            _ => throw new RelayOpsException($"there is no store '{name}'", "a store is local, release, artifact or rclone:<remote:path>", "mend --store", ExitStatus.WrongUse),
        };
        _opened.Add((IDisposable)store);
        return store;
    }

    private GitHubConnection Connection() => new()
    {
        Repository = Repository,
        Token = _token,
        ApiUrl = Address(Parameters.GithubApiUrl ?? "https://api.github.com"),
    };

    /// <summary>A token goes over TLS alone, or stays on this machine.</summary>
    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback))
            ? address
            : throw new RelayOpsException($"'{text}' is no address of GitHub's API", "it must begin with https://", "mend --github-api-url", ExitStatus.WrongUse);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>What the targets of GitHub do.</summary>
internal sealed partial class Operations
{
    public Task PublishAsync() => DoAsync(async cancellationToken =>
    {
        if (OnlyLooks)
            return;
        if (_verified is not { } verified || _verifiedIn is not { } from)
        {
            Print(_composition.GitHub.Destinations.Select(destination => $"would copy the backup to store {destination.Name}"));
            return;
        }

        var others = _composition.GitHub.Destinations.Where(destination => destination.Name != from.Store.Name).ToList();
        var result = await new PublishOperation(others, _composition.Recorder)
            .RunAsync(new PublishRequest(verified, from.Store) { DryRun = _composition.DryRun }, cancellationToken);
        if (!_composition.DryRun)
            _outcome.Published(result);
        result.RequireAll();
    });

    public Task SetupGitHubAsync() => DoAsync(async cancellationToken =>
        Print(await _composition.GitHub.SetUpAsync(_composition.DryRun, await _composition.DescribeHostKeysAsync(cancellationToken), cancellationToken)));
}
