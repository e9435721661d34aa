using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Stores;

/// <summary>What the targets call. The targets of a run share a connection, what was seen of the deployment, and the backup it made.</summary>
internal sealed partial class Operations : IAsyncDisposable
{
    private readonly Build _build;
    private readonly Run _run;
    private readonly Composition _composition;
    private readonly Outcome _outcome = new();
    private InspectedDeployment? _deployment;
    private MadeBackup? _made;

    public Operations(Build build)
    {
        _build = build;
        _composition = new Composition(build);
        _run = new Run(build, _composition.Time, _composition.Mask);
    }

    public Task PreflightAsync() => DoAsync(async cancellationToken =>
    {
        // What cannot work in the end is refused before anything is done.
        _composition.RetentionPolicy().Validate();
        RequireWholeBackup();
        if (!IsRestoring)
        {
            await _composition.PrepareEncryptionAsync(cancellationToken);
            await _composition.PrepareSigningAsync(cancellationToken);
        }

        await _composition.PrepareTrustAsync(cancellationToken);
        _ = _composition.BackupRequest(_composition.Parts);
        if (!_composition.DryRun)
            await _composition.Store.PrepareAsync(cancellationToken);
        await PrepareRestoreAsync(cancellationToken);
        var host = await _composition.GetHostAsync(cancellationToken);
        _deployment = await new PreflightOperation(host, _composition.Compose, _composition.Recorder, _composition.Time)
            .RunAsync(_composition.DeploymentPath, PreflightParts, Recovering, cancellationToken);
    });

    public Task BackupAsync() => DoAsync(async cancellationToken =>
    {
        if (OnlyLooks)
            return;
        var host = await _composition.GetHostAsync(cancellationToken);
        var request = _composition.BackupRequest(_composition.Parts);
        await _composition.GitHub.RequireAdmissionAsync(isEncrypted: request.Cipher is not null, cancellationToken);
        var taken = await _composition.Catalogue.ListAsync(cancellationToken);
        var plan = BackupPlan.For(_deployment!, request, BackupId.Free(_composition.Time.GetUtcNow(), taken.Select(backup => backup.Id)));
        if (_composition.DryRun)
        {
            Print(plan.Steps);
            return;
        }

        var last = await GetLastAsync(request, plan.Id, cancellationToken);
        _made = await new BackupOperation(host, _composition.Store, _composition.Recorder, _composition.Time)
            .RunAsync(request, plan, _deployment!, _composition.Wire(), last?.Backup.Record, cancellationToken);
        _outcome.Made(_made, taken, _composition.GitHub.LeftToWorkflow);
    });

    /// <summary>Whoever accepts a collapse needs nothing to tell one by.</summary>
    private Task<CataloguedBackup?> GetLastAsync(BackupRequest request, BackupId id, CancellationToken cancellationToken)
    {
        var (server, only) = (_deployment!.Server.Id, DeploymentPartsText.Describe(request.Parts));
        return request.AllowShrink ? _composition.Catalogue.FindComparableAsync(server, only, id, cancellationToken)
            : _composition.Catalogue.GetComparableAsync(server, only, id, cancellationToken);
    }

    /// <summary>What the store holds, not what was sent.</summary>
    public Task VerifyAsync() => DoAsync(async cancellationToken =>
    {
        if (OnlyLooks)
            return;
        if (_composition.DryRun && _deployment is not null && !IsRestoring)
            return; // The plan has said it: nothing was made.
        await _composition.PrepareTrustAsync(cancellationToken);
        var copies = _made is { } made ? [new CataloguedBackup(_composition.Store, made.Stored)]
            : _chosen is { } chosen ? [chosen] : await _composition.GetCopiesAsync(cancellationToken);
        (_verified, _verifiedIn) = await new NearestCopy(_composition.Recorder)
            .VerifyAsync(copies, _composition.VerifyTools(), _composition.Level, cancellationToken);
        _outcome.Verified(_verified, _composition.Recorder);
    });

    public Task ListAsync() => DoAsync(async cancellationToken =>
    {
        var backups = await new ListOperation(_composition.Catalogue, _composition.Time).RunAsync(_composition.ListFilter(), cancellationToken);
        await TellAsync(ListOperation.Json(backups), ListOperation.Table(backups));
    });

    public Task PruneAsync() => DoAsync(async cancellationToken =>
    {
        if (OnlyLooks)
            return;
        var request = new PruneRequest { Policy = _composition.RetentionPolicy(), DryRun = _composition.DryRun };
        _outcome.Retained(await new PruneOperation(_composition.Retained, _composition.Recorder, _composition.Time)
            .RunAsync(request, cancellationToken));
    });

    public Task PinAsync(bool pinned) => DoAsync(cancellationToken =>
        new PinOperation(_composition.Catalogue, _composition.Recorder).RunAsync(
            new PinRequest { Backup = _composition.BackupName, Pinned = pinned, DryRun = _composition.DryRun }, cancellationToken));

    public Task CompileAsync() => DoAsync(Composition.Development.CompileAsync);

    public Task TestAsync() => DoAsync(async cancellationToken =>
    {
        var tally = await Composition.Development.TestAsync(cancellationToken);
        _outcome.Tested(tally);
        Print([tally.ToString()]);
        if (tally.Failed > 0 || tally.Passed == 0)
            throw new RelayOpsException("the tests failed", $"{tally}; a skipped test counts as failed", "the lines above name them");
    });

    public Task CheckFormatAsync() => DoAsync(Composition.Development.CheckFormatAsync);

    public Task BenchmarkAsync() => DoAsync(Composition.Development.BenchmarkAsync);

    /// <summary>The report of the whole run, once every target has ended.</summary>
    public async Task FinishAsync()
    {
        if (_outcome.Tests is null)
            await _composition.PublishAsync(_outcome.Complete(_run.Report(_outcome.Verdict(_run.Operation), _composition.DryRun, _composition.Recorder)),
                CancellationToken.None);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _composition.DisposeAsync();
        _run.Dispose();
    }

    /// <summary>Does a target's work and puts the figures so far beside it in the closing table.</summary>
    private async Task DoAsync(Func<CancellationToken, Task> work)
    {
        await _run.DoAsync(cancellationToken =>
        {
            _composition.BeginNotifying(_run.Operation);
            return work(cancellationToken);
        });
        var figures = _outcome.Figures();
        _build.ReportSummary(summary =>
        {
            foreach (var figure in figures)
                summary[figure.Name] = figure.Value;
            return summary;
        });
    }

    private void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            _composition.Recorder.Note(line);
    }
}
