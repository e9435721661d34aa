using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>Gathers the facts of every group by itself: what goes wrong in one is that one's error, and hides no other.</summary>
internal sealed class DoctorGathering(DoctorSources sources, DoctorRequest request)
{
    private Gathered<IHost>? _connected;

    /// <summary>What was seen of the server last; null where it was not reached.</summary>
    public DeploymentLook? Look { get; private set; }

    public async Task<DoctorFacts> GatherAsync(CancellationToken cancellationToken)
    {
        var machine = await Gathered.TryAsync("this machine", () => sources.Machine.LookAsync(cancellationToken));
        var login = sources.OpenAsync is null ? Gathered.None<LoginFacts>(NoServer)
            : !sources.HasLogin ? Gathered.None<LoginFacts>("the deployment is on this machine")
            : await Gathered.TryAsync("what there is to log in with", () => sources.Machine.LookForLoginAsync(cancellationToken));
        var connected = _connected ??= sources.OpenAsync is not { } open ? Gathered.None<IHost>(NoServer)
            : await Gathered.TryAsync("the server", () => open(cancellationToken));
        var facts = new DoctorFacts
        {
            Now = sources.Time.GetUtcNow(),
            Machine = machine,
            Login = login,
            Connection = connected.Select(host => new ConnectionFacts(host.Name, TimeSpan.Zero, "")),
            Server = Unreached<ServerFacts>(connected),
            Docker = Unreached<DockerFacts>(connected),
            Redis = Unreached<RedisFacts>(connected),
            Deployment = Unreached<DeploymentFacts>(connected),
            Backups = await Gathered.TryAsync("the stores", () => ListAsync(cancellationToken)),
            GitHub = sources.LookAtGitHubAsync is { } look ? await Gathered.TryAsync("GitHub", () => look(cancellationToken))
                : Gathered.None<GitHubFacts>("no repository is named: pass --repository, or a store that lies in one"),
        };
        return connected.Facts is { } reached ? await VisitAsync(facts, reached, cancellationToken) : facts;
    }

    private const string NoServer = "no server is named: pass --server";

    private static Gathered<T> Unreached<T>(Gathered<IHost> connected) where T : class =>
        Gathered.None<T>(connected.Error is null ? connected.Reason : "the server was not reached");

    /// <summary>A connection that is lost on the way is not waited for again by every group behind it.</summary>
    private async Task<DoctorFacts> VisitAsync(DoctorFacts facts, IHost host, CancellationToken cancellationToken)
    {
        var connection = await Gathered.TryAsync("the connection", () => MeasureAsync(host, cancellationToken));
        if (IsLost(connection.Error))
            return facts with { Connection = connection };
        var server = await Gathered.TryAsync("the server", () => ServerLook.TakeAsync(host, request.DeploymentPath, sources.Time, cancellationToken));
        facts = facts with { Connection = connection, Server = server };
        if (IsLost(server.Error))
            return facts;
        Look = new DeploymentLook(host, sources.Compose, request.DeploymentPath);
        facts = facts with { Docker = await Gathered.TryAsync("docker", () => Look.AtDockerAsync(cancellationToken)) };
        if (IsLost(facts.Docker.Error))
            return facts;
        facts = facts with { Deployment = await Gathered.TryAsync("the deployment", () => Look.AtDeploymentAsync(cancellationToken)) };
        if (IsLost(facts.Deployment.Error))
            return facts;
        if (facts.Deployment.Facts is null)
            return facts with { Redis = Gathered.None<RedisFacts>("there is no deployment to have one") };
        facts = facts with { Redis = await Gathered.TryAsync("redis", () => Look.AtRedisAsync(facts.Docker.Facts, cancellationToken)) };
        return facts with { Docker = facts.Docker.Select(docker => docker with { HasRedisOutside = Look.HasRedisOutside }) };
    }

    private static bool IsLost(RelayOpsException? error) => error?.Status == ExitStatus.NoConnection;

    private async Task<ConnectionFacts> MeasureAsync(IHost host, CancellationToken cancellationToken)
    {
        const string word = "relayops";
        var said = await host.RunAsync(HostCommand.Reading("printf", "%s", word), cancellationToken);
        var shortest = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var began = sources.Time.GetTimestamp();
            await host.RunAsync(HostCommand.Reading("true"), cancellationToken);
            var took = sources.Time.GetElapsedTime(began);
            shortest = took < shortest ? took : shortest;
        }

        return new ConnectionFacts(host.Name, shortest, said.Output == word ? "" : said.Output.Replace(word, "", StringComparison.Ordinal) is { Length: > 0 } noise ? noise : "?");
    }

    /// <summary>A store that cannot be listed keeps no other from it.</summary>
    private async Task<BackupFacts> ListAsync(CancellationToken cancellationToken)
    {
        var stores = new List<StoreFacts>();
        foreach (var store in sources.Stores)
        {
            try
            {
                stores.Add(new StoreFacts(store.Name, store.IsRemote, [.. await store.Open().ListAsync(cancellationToken)]));
            }
            catch (RelayOpsException error)
            {
                stores.Add(new StoreFacts(store.Name, store.IsRemote, [], error));
            }
        }

        return new BackupFacts
        {
            Stores = [.. stores],
            ServerName = request.ServerName,
            MaxAge = request.MaxAge,
            Retention = request.Retention,
            IsEncrypting = request.IsEncrypting,
        };
    }
}
