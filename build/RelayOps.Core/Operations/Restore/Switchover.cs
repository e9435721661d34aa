using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <param name="Downtime">Null where the service did not run before.</param>
public sealed record SwitchedOver(TimeSpan? Downtime, DatasetCounts? Counts);

/// <summary>
/// Stop, exchange, start, prove: the part of a restore or rollback in which the service is away. Whatever fails in it, the former data and
/// containers come back.
/// </summary>
public sealed class Switchover(IHost host, RestoreTarget target, JournalFile file, IReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan BackPatience = TimeSpan.FromMinutes(25);

    /// <exception cref="RelayOpsException">It failed: with <see cref="ExitStatus.RolledBack"/> or <see cref="ExitStatus.Stuck"/>.</exception>
    public async Task<SwitchedOver> RunAsync(RestoreJournal staged, Acceptance acceptance, CancellationToken cancellationToken)
    {
        var journal = staged with { Phase = RestorePhase.Switching };
        var back = new WayBack(target, journal).Commands;
        await BeginAsync(journal, cancellationToken);
        Watchdog? watchdog = null;
        try
        {
            watchdog = await Watchdog.ArmAsync(host, target.Deployment.Writing, target.Survey, acceptance.WatchdogPatience, back, time, cancellationToken);
            using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watchdog.Lost);
            var done = await new WayForward(host, target, reporter, time).GoAsync(journal, acceptance, working.Token);
            // The watchdog lets go first: it must not undo what the journal calls accepted. A run that breaks off between the two leaves a
            // service that is healthy on its new data, which the next run takes for what it is.
            if (await Watchdog.DisarmAsync(host, target.Survey.Path, working.Token))
                throw new RelayOpsException("the watchdog on the server was faster", "this machine was silent for too long", "restore again");
            await file.WriteAsync(journal with { Phase = RestorePhase.Accepted }, working.Token);
            return done;
        }
        catch (Exception exception)
        {
            if (watchdog is not null)
                await watchdog.DisposeAsync();
            throw await GoBackAsync(journal, exception, cancellationToken);
        }
        finally
        {
            if (watchdog is not null)
                await watchdog.DisposeAsync();
        }
    }

    private async Task BeginAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(journal, cancellationToken);
        }
        catch
        {
            await new StagedFiles(host, target, reporter).AbandonAsync(journal, file, time);
            throw;
        }
    }

    /// <summary>Under its own patience: the operator who pressed Ctrl-C wants the service back most of all.</summary>
    /// <returns>What to tell the operator.</returns>
    private async Task<Exception> GoBackAsync(RestoreJournal journal, Exception cause, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(BackPatience, time);
        var way = new WayBack(target, journal);
        try
        {
            using var phase = reporter.Begin("going back to the former data");
            if (!await Watchdog.DisarmAsync(host, target.Survey.Path, patience.Token))
                await new Recovery(host, target, file).GoBackAsync(journal, patience.Token);
            if (await new StagedFiles(host, target, reporter).RemoveAsync(journal.Staging, patience.Token))
                await file.DropAsync(patience.Token);
        }
        catch (Exception exception) when (exception is RelayOpsException or OperationCanceledException)
        {
            return Stuck(cause, exception, way);
        }

        if (cause is OperationCanceledException && cancellationToken.IsCancellationRequested)
            return cause;
        return cause is RelayOpsException known
            ? new RelayOpsException($"{known.What}; the former data and service are back", known.Why, known.Next, ExitStatus.RolledBack, known)
            : new RelayOpsException("the operation failed; the former data and service are back", cause.Message, "try again", ExitStatus.RolledBack, cause);
    }

    private RelayOpsException Stuck(Exception cause, Exception failure, WayBack way)
    {
        if (failure is RelayOpsException { Status: ExitStatus.NoConnection })
            return new RelayOpsException($"the connection to {host.Name} was lost while its service was stopped", failure.Message,
                "the watchdog on the server brings the former data back within the health time-out; run the same target again to see it done",
                ExitStatus.NoConnection, failure);
        return new RelayOpsException($"the operation failed ({cause.Message}) and could not be undone on {host.Name}", failure.Message,
            $"the former data are in {target.Survey.Path} under *.bak.*; these commands bring them back, in this order:\n"
            + string.Join('\n', way.Commands), ExitStatus.Stuck, failure);
    }
}
