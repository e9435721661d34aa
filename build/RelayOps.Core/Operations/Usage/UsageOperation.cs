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
        var measurement = Measure(serverId, usage);
        var measurements = (await history.ReadAsync(serverId, cancellationToken)).Add(measurement);
        if (request.DryRun)
            tools.Reporter.Note($"here: would add a line to {history.Location}");
        else
            await history.AppendAsync(measurement, cancellationToken);
        return Report(survey, usage, docker, await ReadKeysAsync(serverId, cancellationToken), measurements);
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

    /// <summary>From the newest verified backup that has a dataset; the first store of <c>--store</c> that has it is the nearest.</summary>
    private async Task<UsedByKeys?> ReadKeysAsync(string serverId, CancellationToken cancellationToken)
    {
        var newest = (await catalogue.ListAsync(cancellationToken)).FirstOrDefault(entry =>
            entry.Backup.Record is { Verified: >= VerificationLevel.Sealed, Keys: not null } record && record.Server.Id == serverId);
        if (newest is null)
        {
            tools.Reporter.Note("key prefixes are read from a backup, and there is no verified one of this server");
            return null;
        }

        try
        {
            return new UsedByKeys(newest.Id.ToString(), newest.Store.Name, await new StoredDump(tools).SumAsync(newest, cancellationToken));
        }
        catch (RelayOpsException e) when (e.LacksKey)
        {
            tools.Reporter.Warn($"the keys of backup {newest.Id} cannot be summed up: it is encrypted with {newest.Backup.Encryption}, and nothing here can decrypt it");
            return null;
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
