using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Usage;

public sealed record UsageRequest
{
    public required string DeploymentPath { get; init; }

    /// <summary>Writes no history.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Measures a deployment, remembers it, and tells how it grows. On the server it only reads.</summary>
public sealed class UsageOperation(IHost host, BackupCatalogue catalogue, IUsageHistory history, VerifyTools tools)
{
    private const int PointsShown = 30;

    /// <exception cref="RelayOpsException">The server cannot be read, or the history not be written.</exception>
    public async Task<UsageReport> RunAsync(UsageRequest request, CancellationToken cancellationToken)
    {
        var survey = await ServerSurvey.TakeAsync(host, request.DeploymentPath, cancellationToken);
        var containers = await DeploymentInspection.ListContainersAsync(host, survey, cancellationToken);
        DiskUsage usage;
        ImmutableArray<UsedSpace> docker;
        using (tools.Reporter.Begin($"measure {survey.Path} on {host.Name}"))
        {
            usage = await DiskUsage.TakeAsync(host, survey, new AccessRoutes(host, survey, containers), cancellationToken);
            docker = await DockerUsage.TakeAsync(host, survey, containers, cancellationToken);
        }

        foreach (var closed in usage.Entries.Where(entry => entry.Bytes is null))
            tools.Reporter.Warn($"{closed.Name} could not be measured: no way may read all of it");
        var serverId = InspectedDeployment.ServerId(survey.MachineId, survey.Path);
        // Before the history has a line of it: a run that is refused has measured nothing.
        var keys = await ReadKeysAsync(serverId, cancellationToken);
        var measurement = Measure(serverId, usage);
        var measurements = (await history.ReadAsync(serverId, cancellationToken)).Add(measurement);
        if (request.DryRun)
            tools.Reporter.Note($"here: would add a line to {history.Location}");
        else
            await history.AppendAsync(measurement, cancellationToken);
        return Report(survey, usage, docker, keys, measurements);
    }

    private UsageMeasurement Measure(string serverId, DiskUsage usage) => new()
    {
        ServerId = serverId,
        At = tools.Time.GetUtcNow(),
        DeploymentBytes = usage.Entries.Sum(entry => entry.Bytes ?? 0),
        DiskUsedBytes = usage.Disk.UsedBytes,
        DiskFreeBytes = usage.Disk.FreeBytes,
        Entries = usage.Entries.Where(entry => entry.Bytes is not null).ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Bytes!.Value, StringComparer.Ordinal),
    };

    /// <summary>From the newest verified backup that has a dataset, and its nearest copy that is good. Without one the sizes are worth telling all the same.</summary>
    private async Task<UsedByKeys?> ReadKeysAsync(string serverId, CancellationToken cancellationToken)
    {
        var copies = await FindNewestAsync(serverId, cancellationToken);
        if (copies is not [var newest, ..])
            return null;
        try
        {
            return await new NearestCopy(tools.Reporter).ReadAsync(copies, async copy =>
                new UsedByKeys(copy.Id.ToString(), copy.Store.Name, await new StoredDump(tools).SumAsync(copy, cancellationToken)));
        }
        catch (RelayOpsException e) when (e.LacksKey)
        {
            tools.Reporter.Warn($"the keys of backup {newest.Id} cannot be summed up: it is encrypted with {newest.Backup.Encryption}, and nothing here can decrypt it");
        }
        catch (RelayOpsException e) when (e.Status is ExitStatus.NoConnection or ExitStatus.Failed || (e.Status == ExitStatus.BadBackup && tools.TrustedSigners is null))
        {
            tools.Reporter.Warn($"the keys of backup {newest.Id} cannot be summed up: {e.What}: {e.Why}; {e.Next}");
        }

        return null;
    }

    /// <returns>Its copies, the nearest first; empty where there is none, which was told.</returns>
    private async Task<ImmutableArray<CataloguedBackup>> FindNewestAsync(string serverId, CancellationToken cancellationToken)
    {
        try
        {
            var own = (await catalogue.ListAsync(cancellationToken)).Where(entry =>
                entry.Backup.Record is { Verified: >= VerificationLevel.Sealed, Keys: not null } record && record.Server.Id == serverId).ToList();
            if (own.Count == 0)
                tools.Reporter.Note("key prefixes are read from a backup, and there is no verified one of this server");
            return [.. own.Where(entry => entry.Id == own[0].Id)];
        }
        catch (RelayOpsException e) when (e.Status is ExitStatus.NoConnection or ExitStatus.Failed)
        {
            tools.Reporter.Warn($"key prefixes are read from a backup, and there is none to read: {e.What}: {e.Why}; {e.Next}");
            return [];
        }
    }

    private UsageReport Report(
        ServerSurvey survey, DiskUsage usage, ImmutableArray<UsedSpace> docker, UsedByKeys? keys, ImmutableArray<UsageMeasurement> measurements)
    {
        var disk = UsageTrend.Of(measurements, one => one.DiskUsedBytes);
        return new UsageReport
        {
            Server = host.Name,
            DeploymentPath = survey.Path,
            At = measurements[^1].At,
            Disk = usage.Disk,
            Entries = usage.Entries,
            Docker = docker,
            Redis = keys,
            Measurements = measurements.Length,
            GrowthPerDay = UsageTrend.Of(measurements, one => one.DeploymentBytes)?.BytesPerDay,
            DiskGrowthPerDay = disk?.BytesPerDay,
            DiskFullAt = disk?.Until(usage.Disk.FreeBytes) is { } left ? measurements[^1].At + left : null,
            History = [.. measurements.TakeLast(PointsShown).Select(one => new UsagePoint(one.At, one.DeploymentBytes, one.DiskFreeBytes))],
        };
    }
}
