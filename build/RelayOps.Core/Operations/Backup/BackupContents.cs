using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Backup;

/// <summary>What goes into an archive, part by part, in the order in which it goes.</summary>
internal sealed class BackupContents(
    IHost host, InspectedDeployment deployment, Wire wire, BackupRequest request, ArchiveWriter archive, IReporter reporter)
{
    private readonly RemoteFiles _remote = new(host, wire, reporter);
    private readonly List<SkippedFile> _skipped = [];

    /// <summary><c>.env</c>, compose files and <c>data/</c>.</summary>
    public async Task AddSettledAsync(CancellationToken cancellationToken)
    {
        foreach (var part in deployment.Files.Where(part => part.Name != "logs"))
        {
            using var files = await SettledFiles.ReadAsync(host, _remote, part, request.SpoolDirectory, reporter, cancellationToken);
            await files.WriteAsync(archive, cancellationToken);
            _skipped.AddRange(files.Skipped);
        }
    }

    /// <summary>The dump, and the same bytes once more as the base of an append-only directory, by a link inside the archive.</summary>
    public async Task<DatasetManifest?> AddDatasetAsync(RedisSnapshot? snapshot, CancellationToken cancellationToken)
    {
        if (snapshot is null)
            return null;
        await using var owned = snapshot;
        var redis = deployment.Redis!;
        var layout = new DatasetLayout(redis, snapshot.ModifiedAt);
        foreach (var directory in layout.Directories)
            await archive.AddDirectoryAsync(directory, cancellationToken);
        using var phase = reporter.Begin("reading the dataset", snapshot.Size);
        var summary = await snapshot.CopyAsync(
            content => archive.AddFileAsync(layout.Dump, snapshot.Size, new Streams.ProgressStream(content, phase.Advance), cancellationToken),
            cancellationToken);
        await archive.AddHardLinkAsync(layout.AppendBase, layout.Dump.Path, cancellationToken);
        if (layout.AppendManifest is { } manifest)
            await archive.AddFileAsync(manifest, DatasetLayout.AppendManifestText, cancellationToken);
        return new DatasetManifest
        {
            RedisVersion = redis.Version,
            RdbVersion = summary.Version,
            TakenBy = snapshot.TakenBy,
            Counts = summary.Counts,
        };
    }

    public async Task AddLogsAsync(CancellationToken cancellationToken)
    {
        foreach (var part in deployment.Files.Where(part => part.Name == "logs"))
            _skipped.AddRange(await ArchiveEntries.StreamAsync(_remote, part, archive, cancellationToken));
    }

    public Manifest Manifest(BackupId id, DatasetManifest? dataset, DateTimeOffset now)
    {
        foreach (var skipped in _skipped)
            reporter.Warn($"left out {skipped.Path}: {skipped.Reason}");
        return new Manifest
        {
            Format = Backups.Manifest.CurrentFormat,
            BackupId = id.ToString(),
            Tool = request.Tool,
            CreatedAt = now,
            Server = deployment.Server,
            Only = DeploymentPartsText.Describe(request.Parts),
            Entries = [],
            Redis = dataset,
            Images = deployment.Images,
            EncryptionKeyFingerprint = deployment.Environment.Find("ENCRYPTION_KEY") is { Length: > 0 } key
                ? KeyFingerprint.Of(key, deployment.Server.Id) : null,
            Skipped = [.. _skipped],
        };
    }

    public Task AddRecoveryGuideAsync(Manifest manifest, string archiveName, CancellationToken cancellationToken) =>
        archive.AddFileAsync(
            new EntryAttributes { Path = RecoveryGuide.Name, Mode = 0b110_100_100, UserId = 0, GroupId = 0, ModifiedAt = manifest.CreatedAt },
            RecoveryGuide.For(new RecoveryFacts
            {
                Id = BackupId.Get(manifest.BackupId),
                Archive = archiveName,
                Server = manifest.Server,
                RedisVersion = manifest.Redis?.RedisVersion ?? "none",
                Keys = manifest.Redis?.Counts.Keys ?? 0,
                RedisUserId = deployment.Redis?.OwnerIds.User ?? 0,
                RedisGroupId = deployment.Redis?.OwnerIds.Group ?? 0,
                RedisService = deployment.Redis is { Endpoint.Container: null } ? null : deployment.Redis?.Endpoint.Container!.Service ?? "redis",
                RedisArguments = deployment.Redis?.Endpoint.CliArguments ?? [],
                Service = Container.FindApp(deployment.Containers.Where(container => !container.RunsRedis), deployment.Survey.Path)?.Service ?? "claude-relay",
            }), cancellationToken);
}
