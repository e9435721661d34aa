using RelayOps.Core.Archives;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Logs;

public sealed record CleanLogsRequest
{
    public required string DeploymentPath { get; init; }

    /// <summary>Logs that did not change for so many days are old.</summary>
    public required int RetentionDays { get; init; }

    public required LockOwner Owner { get; init; }

    public required TimeSpan LockWait { get; init; }

    /// <summary>Lists what would go, and removes nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Removes old logs of a deployment, with the rights that made them; never one that is open.</summary>
public sealed class CleanLogsOperation(IHost host, IReporter reporter, TimeProvider time)
{
    private const int MostDays = 36_500;

    /// <exception cref="RelayOpsException">
    /// The limit is none, or nothing here may remove them (<see cref="ExitStatus.WrongUse"/>); another operation holds the deployment
    /// (<see cref="ExitStatus.Locked"/>); some could not be removed (<see cref="ExitStatus.Failed"/>).
    /// </exception>
    public async Task<LogCleanup> RunAsync(CleanLogsRequest request, CancellationToken cancellationToken)
    {
        if (request.RetentionDays is < 0 or > MostDays)
            throw new RelayOpsException($"--log-retention-days cannot be {request.RetentionDays}", $"it takes 0 to {MostDays} days", "e.g. --log-retention-days 30", ExitStatus.WrongUse);
        var survey = await ServerSurvey.TakeAsync(host, request.DeploymentPath, cancellationToken);
        var containers = await DeploymentInspection.ListContainersAsync(host, survey, cancellationToken);
        var route = OwnerRoute.Get(survey, containers, host.Name);
        using var phase = reporter.Begin($"logs of {survey.Path} on {host.Name} older than {request.RetentionDays} days");
        var cleanup = request.DryRun
            ? await RunAsync(OldLogs.ListCommand(route, request.RetentionDays), survey, cancellationToken)
            : await RemoveAsync(request, survey, containers, route, cancellationToken);
        Tell(cleanup, request, route);
        return cleanup.Failed.IsEmpty ? cleanup : throw new RelayOpsException(
            $"{cleanup.Failed.Length} of {cleanup.Failed.Length + cleanup.Freed.Length} old logs could not be removed",
            $"the first is {EntryPath.Shown(cleanup.Failed[0].Path)}, {route.Name}", "look at the file's attributes (lsattr) and whether its file system is read-only");
    }

    /// <summary>Under the lock: a restore exchanges the directory, and a backup reads it.</summary>
    private async Task<LogCleanup> RemoveAsync(
        CleanLogsRequest request, ServerSurvey survey, IReadOnlyList<Container> containers, FileRoute route, CancellationToken cancellationToken)
    {
        var writing = new AccessRoutes(host, survey, containers).Writing();
        await using var held = await DeploymentLock.AcquireAsync(host, writing, request.Owner, request.LockWait, time, reporter, cancellationToken);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        return await RunAsync(OldLogs.RemoveCommand(route, request.RetentionDays), survey, linked.Token);
    }

    private async Task<LogCleanup> RunAsync(HostCommand command, ServerSurvey survey, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(command, cancellationToken);
        return (result.Succeeded ? OldLogs.Parse(result.Output) : null) ?? throw new RelayOpsException(
            $"cannot look through {survey.Path}/logs on {host.Name}", FirstLine.Of(result.Exit.Error), "look at the directory by hand");
    }

    private void Tell(LogCleanup cleanup, CleanLogsRequest request, FileRoute route)
    {
        foreach (var log in cleanup.Freed)
            reporter.Note($"{(request.DryRun ? "would remove" : "removed")} {EntryPath.Shown(log.Path)} ({Figures.Bytes(log.Bytes)})");
        foreach (var log in cleanup.Open)
            reporter.Note($"keep {EntryPath.Shown(log.Path)}: a process has it open");
        foreach (var log in cleanup.Recent)
            reporter.Note($"keep {EntryPath.Shown(log.Path)}: it changed within a day, and who has it open cannot be seen");
        if (!cleanup.SeesEveryProcess)
            reporter.Warn($"the open files of some processes cannot be seen {route.Name}: logs that changed within a day stay");
        reporter.Note($"{(request.DryRun ? "would free" : "freed")} {Figures.Bytes(cleanup.FreedBytes)} of {Figures.Count(cleanup.Freed.Length)} logs");
    }
}
