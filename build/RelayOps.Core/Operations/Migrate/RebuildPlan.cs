using System.Collections.Immutable;
using System.Text;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>What the operator asked for.</summary>
public sealed record RebuildRequest
{
    /// <summary>On the new server; <c>~</c> is that user's home.</summary>
    public required string DeploymentPath { get; init; }

    /// <summary>Where the service shall listen (PORT in <c>.env</c>); null leaves it as it was.</summary>
    public int? NewPort { get; init; }

    /// <summary>What compose shall call the containers (COMPOSE_PROJECT_NAME in <c>.env</c>); null leaves it as it was.</summary>
    public string? NewProject { get; init; }

    public bool InstallDocker { get; init; }

    public bool DropSessions { get; init; }

    public bool AllowTorn { get; init; }

    /// <summary>Until the service must be healthy; grows with the dataset.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Asked at the end. It may still lead to the lost server, so that no answer is told, and no failure.</summary>
    public string? HealthUrl { get; init; }

    public bool DryRun { get; init; }

    public required LockOwner Owner { get; init; }

    public required TimeSpan LockWait { get; init; }

    /// <summary>Gets what will happen, line by line, before anything is changed; false ends the operation.</summary>
    public required Func<IReadOnlyList<string>, CancellationToken, Task<bool>> ConfirmAsync { get; init; }
}

/// <summary>What a backup needs of a server that has nothing yet, and how its files are to be there.</summary>
public sealed record RebuildPlan
{
    /// <summary>Room for what Redis and the service write at first.</summary>
    private const long SpareBytes = 64L << 20;

    public required ArchiveContents Backup { get; init; }

    /// <summary>As it will be on the new server.</summary>
    public required DotEnv Environment { get; init; }

    /// <summary>What differs there in <c>.env</c>.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required ImmutableArray<WantedImage> Images { get; init; }

    public required ImmutableArray<ComposePort> Ports { get; init; }

    /// <summary>The file that compose reads first.</summary>
    public required string ComposeFile { get; init; }

    public long DatasetBytes => Backup.Find("redis_data/dump.rdb")?.Size ?? 0;

    private long Bytes => Backup.Entries.Where(entry => entry.Kind == EntryKind.File)
        .Sum(entry => entry.Size * (ArchiveContents.PartOf(entry.Path) == DeploymentParts.Redis ? 2 : 1)) + SpareBytes;

    /// <exception cref="RelayOpsException">It lacks what a whole deployment has (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static RebuildPlan Make(RebuildRequest request, RestoreSource source, ArchiveContents backup, IComposeParser compose)
    {
        var files = Deployments.ComposeFile.Names.Concat(Deployments.ComposeFile.OverrideNames).Where(backup.Texts.ContainsKey).ToList();
        var missing = new[]
        {
            (backup.Environment is null, ".env"), (!files.Any(Deployments.ComposeFile.Names.Contains), "the compose file"),
            (!backup.Has(RedisFinder.DataDirectory), "the data of Redis"),
        }.Where(part => part.Item1).Select(part => part.Item2).ToList();
        if (missing.Count > 0)
            throw new RelayOpsException($"no server can be rebuilt from backup {source.Name}", $"it does not have {string.Join(", ", missing)}",
                "choose a backup of everything (List shows them)", ExitStatus.WrongUse);
        var settings = MovedConfig.Settings(request.NewPort, request.NewProject);
        var environment = backup.Environment! with { Values = backup.Environment.Values.SetItems(settings) };
        var parsed = files.Select(name => compose.Parse(backup.Texts[name])).ToList();
        var named = parsed.SelectMany(file => file.Services).Select(service => service.Image).OfType<string>()
            .Select(image => ComposeVariables.Resolve(image, environment)).Distinct();
        return new RebuildPlan
        {
            Backup = backup,
            Environment = environment,
            Settings = settings,
            Images = WantedImage.Of(backup.Manifest?.Images ?? [], named),
            Ports = ComposePort.Of(parsed, environment),
            ComposeFile = Deployments.ComposeFile.Names.First(files.Contains),
        };
    }

    /// <summary><c>.env</c> and compose files that are other ones there: the lost server's path in them, its port, its project's name.</summary>
    public IEnumerable<(string Path, byte[] Content)> ChangedTexts(string newPath)
    {
        var config = new MovedConfig(Backup.Manifest?.Server.DeploymentPath ?? newPath, Settings);
        return Backup.Texts.Where(text => MovedConfig.IsText(text.Key))
            .Select(text => (text.Key, Before: Encoding.UTF8.GetBytes(text.Value)))
            .Select(text => (text.Key, text.Before, After: config.Change(text.Key, text.Before, newPath)))
            .Where(text => !ReferenceEquals(text.Before, text.After)).Select(text => (text.Key, text.After));
    }

    public NewServerNeeds Needs(RebuildRequest request) => new()
    {
        DeploymentPath = request.DeploymentPath,
        Bytes = Bytes,
        Ports = Ports,
        ComposeFile = ComposeFile,
        ProjectName = Environment.Find("COMPOSE_PROJECT_NAME"),
        InstallDocker = request.InstallDocker,
        DryRun = request.DryRun,
        ConfirmAsync = request.ConfirmAsync,
    };

    /// <summary>The backup with the owners that its files have on this server.</summary>
    public RestoreSource For(NewServer server, RestoreSource source)
    {
        var map = Owners(server);
        return source with { Contents = Backup with { Entries = [.. Backup.Entries.Select(entry => For(entry, map))] } };
    }

    /// <summary>Compose runs as the new user, who must be able to read what it reads, whoever owned it; and nobody else <c>.env</c>.</summary>
    private static ArchivedEntry For(ArchivedEntry entry, OwnerMap map)
    {
        var isRoots = ArchiveContents.PartOf(entry.Path) == DeploymentParts.Config && entry.UserId == 0;
        return entry with
        {
            UserId = isRoots ? map.NewUser : map.User(entry.UserId),
            GroupId = isRoots ? map.NewGroup : map.Group(entry.GroupId),
            Mode = entry.Path == ".env" ? 0b110_000_000 : entry.Mode,
        };
    }

    /// <summary>The old ssh user is who the backup was made by; where nobody knows, who owns <c>.env</c>, which no container does.</summary>
    private OwnerMap Owners(NewServer server)
    {
        var name = Backup.Manifest?.Server.Name is { } target && target.Contains('@') ? SshTarget.Parse(target).User : null;
        var theirs = Backup.Manifest?.Entries.FirstOrDefault(entry => entry.UserName == name && name is not null);
        var environment = Backup.Find(".env")!;
        return new OwnerMap(theirs?.UserId ?? environment.UserId, theirs?.GroupId ?? environment.GroupId, server.UserId, server.GroupId);
    }
}
