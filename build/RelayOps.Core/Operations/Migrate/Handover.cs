using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Everything that a hand-over works with.</summary>
internal sealed record HandoverParts(IHost Old, OldServer Source, Arrival Arrival, MovedFiles Files, MovedDataset Dataset, JournalFile Journal, IComposeParser Compose)
{
    public required OwnerMap Owners { get; init; }

    /// <summary>Until the service must be healthy: what its dataset adds to what was asked for.</summary>
    public TimeSpan HealthPatience(MoveRequest request) => Acceptance.Patience(request.HealthTimeout, Source.Redis.UsedMemory);

    /// <summary>The deployment's own directory as it is on the old server.</summary>
    public HostCommand RightsCommand => Arrival.Owner.Run(HostCommand.ChangingScript("""chmod "$2" "$1" && chown "$3" "$1" """,
        Arrival.Path, Convert.ToString(Source.Root.Mode, 8), $"{Owners.User(Source.Root.UserId)}:{Owners.Group(Source.Root.GroupId)}"));
}

/// <summary>
/// The part of a migration in which nobody serves: stop the old service, send what changed, prove the new dataset, hand over, start the new one.
/// </summary>
/// <remarks>
/// Two servers that reach each other through this machine alone cannot agree on anything once it is gone, so the order decides what is lost
/// when it vanishes. Until the hand-over the watchdog of the old server brings its service back by itself, and the new server has never
/// started anything that clients could write to. The hand-over is one command on the old server, which shuts the watchdog out, writes the
/// journal and leaves the note; only then is the new service started. A run that vanishes behind it leaves a new service that comes up alone, or,
/// between these two commands, none: the next Migrate or Rollback goes on from the journal. The other order would leave two, and what clients
/// wrote to one of them would be lost. All that can be proven without clients is therefore proven before: counts and digests of the very dataset,
/// and the service itself in the trial boot.
/// </remarks>
internal sealed class Handover(HandoverParts parts, MoveRequest request, IReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan BackPatience = TimeSpan.FromMinutes(25);

    private readonly OldSide _old = new(parts.Old, parts.Source.Target);
    private readonly List<DowntimePhase> _phases = [];
    private RestoreTarget _arrived = parts.Source.Target;
    private bool _isHandedOver;

    /// <summary>Something may have been stopped.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The service is back on the old server, so nothing on the new one is needed any more.</summary>
    public bool IsUndone { get; private set; }

    private Arrival Arrival => parts.Arrival;

    /// <exception cref="RelayOpsException">It failed: with <see cref="ExitStatus.RolledBack"/> or <see cref="ExitStatus.Stuck"/>.</exception>
    public async Task<MoveOutcome> RunAsync(RestoreJournal staged, CancellationToken cancellationToken)
    {
        var journal = staged with { Phase = RestorePhase.Switching };
        HasBegun = true;
        Watchdog? watchdog = null;
        try
        {
            await parts.Journal.WriteAsync(journal, cancellationToken);
            watchdog = await Watchdog.ArmAsync(parts.Old, parts.Source.Deployment.Writing, parts.Source.Target.Survey, request.HealthTimeout,
                new WayBack(parts.Source.Target, journal).Commands, time, cancellationToken);
            using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watchdog.Lost);
            var outcome = await MoveAsync(journal, working.Token);
            // Its heartbeat is a command like any other, which the hand-over would have fail.
            await watchdog.DisposeAsync();
            await HandOverAsync(journal, cancellationToken);
            await StartAsync(cancellationToken);
            return outcome with { Downtime = [.. _phases] };
        }
        catch (Exception exception)
        {
            if (watchdog is not null)
                await watchdog.DisposeAsync();
            throw await GoBackAsync(journal, exception, cancellationToken);
        }
    }

    private async Task<MoveOutcome> MoveAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        var bytes = parts.Files.Bytes + parts.Dataset.Bytes;
        await TimedAsync("stopping the old service", () => _old.StopServiceAsync(journal, cancellationToken));
        DatasetCounts? expected = null;
        DatasetDigest? digest = null;
        await TimedAsync("final snapshot and what changed", async () =>
        {
            // Nobody writes any more: files, dataset and digest are of one moment, whatever the order they are read in.
            var sending = parts.Dataset.SendLastAsync(Arrival.Path, cancellationToken);
            var digesting = DatasetDigest.FindAsync(parts.Old, parts.Source.Redis, cancellationToken);
            var changing = SendChangesAsync(cancellationToken);
            await Task.WhenAll(sending, digesting, changing);
            (expected, digest) = (await sending, await digesting);
        });
        var keys = 0L;
        await TimedAsync("loading and comparing", async () =>
        {
            var loading = LoadAsync(expected!, digest, cancellationToken);
            // Stopped before anything else may start: what it has is proven to be on the other side, or it is started again.
            var stopping = parts.Source.Target.Services.RunAsync(_old.StopRedisCommand, "stop the old redis", cancellationToken);
            await Task.WhenAll(loading, stopping);
            keys = await loading;
        });
        return new MoveOutcome
        {
            MovedTo = journal.MovedTo,
            Keys = keys,
            ComparedKeys = digest?.Keys,
            BytesBefore = bytes,
            BytesDuring = parts.Files.Bytes + parts.Dataset.Bytes - bytes,
        };
    }

    /// <summary>Has compose make the containers, and looks at them: every question saved later is time without service saved.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await Arrival.RunAsync(CreateCommand, "compose cannot make the containers", cancellationToken);
        _arrived = await Arrival.InspectAsync(parts.Compose, Arrival.Path, cancellationToken);
    }

    private async Task SendChangesAsync(CancellationToken cancellationToken)
    {
        if (await parts.Files.SendChangesAsync(cancellationToken))
            await CreateAsync(cancellationToken);
        await parts.Files.DemandEqualAsync(cancellationToken);
    }

    public HostCommand CreateCommand => new ServiceControl(Arrival.Host, Arrival.Survey, []).CreateCommand(project: null, parts.Source.Services);

    private async Task<long> LoadAsync(DatasetCounts expected, DatasetDigest? digest, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin($"starting redis alone on {Arrival.Host.Name} and comparing its keys");
        var (redis, proof) = await ProveAsync(expected, cancellationToken);
        if (digest is null)
            reporter.Warn($"{parts.Source.Redis.Endpoint.Name} runs no scripts, so counts of keys were compared, and not their values");
        else if (proof.FindDifference(digest) is { } difference)
            throw new RelayOpsException($"redis on {Arrival.Host.Name} does not hold what the old one does", difference, "look at its log, and migrate again");
        if (request.DropSessions)
            reporter.Note($"{await new LoadedRedis(Arrival.Host, _arrived, time).DropSessionsAsync(redis, cancellationToken)} sessions were dropped");
        return proof.Counts.Keys;
    }

    private async Task<(RedisServer Redis, DatasetProof Proof)> ProveAsync(DatasetCounts expected, CancellationToken cancellationToken)
    {
        var services = _arrived.Services;
        var start = services.StartCommand(services.Redis.Select(container => container.Id));
        // Made of the same compose file and the same .env, it is to be asked as the old one was.
        var alike = services.Redis is [var container, ..] ? parts.Source.Redis.In(services.Docker!, container) : null;
        if (await new LoadedRedis(Arrival.Host, _arrived with { Redis = alike }, time).FindProofAsync(start, expected, parts.HealthPatience(request), cancellationToken) is { } found)
            return (alike!, found);
        // Step by step, which tells why.
        await services.RunAsync(start, "start redis", cancellationToken);
        var loaded = new LoadedRedis(Arrival.Host, _arrived, time);
        var redis = await loaded.GetReadyAsync(recreated: false, parts.HealthPatience(request), cancellationToken);
        return (redis, await loaded.DemandProofAsync(redis, expected, parts.HealthPatience(request), cancellationToken));
    }

    private async Task HandOverAsync(RestoreJournal journal, CancellationToken cancellationToken) =>
        await TimedAsync("handing over", async () =>
        {
            // From before it is asked: whether it was done is not known where the answer is lost.
            _isHandedOver = true;
            if (await _old.HandOverAsync(journal with { Phase = RestorePhase.Accepted }, cancellationToken))
                return;
            _isHandedOver = false;
            throw new RelayOpsException($"the watchdog on {parts.Old.Name} was faster", "this machine was silent for too long", "migrate again");
        });

    private async Task StartAsync(CancellationToken cancellationToken) =>
        await TimedAsync("starting the new service", () => new NewService(Arrival.Host, _arrived, parts.Source.Deployment.Containers)
            .StartAsync(parts.HealthPatience(request), cancellationToken));

    private async Task TimedAsync(string name, Func<Task> work)
    {
        using var phase = reporter.Begin(name);
        var began = time.GetTimestamp();
        await work();
        _phases.Add(new DowntimePhase(name, time.GetElapsedTime(began)));
    }

    /// <summary>Under its own patience: the operator who pressed Ctrl-C wants the service back most of all.</summary>
    private async Task<Exception> GoBackAsync(RestoreJournal journal, Exception cause, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(BackPatience, time);
        try
        {
            using var phase = reporter.Begin("going back to the old server");
            // What the old server says is what counts; where it cannot be reached, a service that may be starting on the new one is left alone.
            _isHandedOver = await parts.Journal.FindAsync(patience.Token) is { Phase: RestorePhase.Accepted };
            if (_isHandedOver)
                await Arrival.TakeDownAsync(patience.Token);
            if (!await Watchdog.DisarmAsync(parts.Old, parts.Source.Path, patience.Token))
            {
                await parts.Journal.WriteAsync(journal, patience.Token);
                await _old.BringBackAsync(journal, parts.HealthPatience(request) + TimeSpan.FromMinutes(5), patience.Token);
            }

            await parts.Journal.DropAsync(patience.Token);
            IsUndone = true;
        }
        catch (Exception exception) when (exception is RelayOpsException or OperationCanceledException)
        {
            return Stuck(journal, cause, exception);
        }

        if (cause is OperationCanceledException && cancellationToken.IsCancellationRequested)
            return cause;
        return cause is RelayOpsException known
            ? new RelayOpsException($"{known.What}; the service is back on {parts.Old.Name}", known.Why, known.Next, ExitStatus.RolledBack, known)
            : new RelayOpsException($"the migration failed; the service is back on {parts.Old.Name}", cause.Message, "try again", ExitStatus.RolledBack, cause);
    }

    private RelayOpsException Stuck(RestoreJournal journal, Exception cause, Exception failure)
    {
        if (failure is RelayOpsException { Status: ExitStatus.NoConnection })
            return new RelayOpsException("a connection was lost while the service was being moved", failure.Message, _isHandedOver
                ? $"run the same Migrate again: it finishes on {Arrival.Host.Name} or goes back. Do not start the service on {parts.Old.Name} by hand before"
                : $"the watchdog on {parts.Old.Name} brings its service back within the health time-out; run the same Migrate again to see it done",
                ExitStatus.NoConnection, failure);
        ImmutableArray<string> commands = [.. _isHandedOver ? [$"on {Arrival.Host.Name}: {Arrival.TakeDownCommand}"] : Array.Empty<string>(),
            .. new WayBack(parts.Source.Target, journal).Commands.Select(command => $"on {parts.Old.Name}: {command}")];
        return new RelayOpsException($"the migration failed ({cause.Message}) and could not be undone", failure.Message,
            $"nothing of {parts.Source.Path} on {parts.Old.Name} was changed; these commands bring its service back, in this order:\n{string.Join('\n', commands)}",
            ExitStatus.Stuck, failure);
    }
}
