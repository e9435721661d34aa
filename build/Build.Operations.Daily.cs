using RelayOps.Core.Deployments;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Inspection;
using RelayOps.Core.Operations.Logs;
using RelayOps.Core.Operations.Usage;
using RelayOps.Core.Stores;

/// <summary>What is read and tidied from day to day.</summary>
internal sealed partial class Operations
{
    private const string Live = "live";

    public Task UsageAsync() => DoAsync(async cancellationToken =>
    {
        await _composition.PrepareTrustAsync(cancellationToken);
        var host = await _composition.GetHostAsync(cancellationToken);
        var report = await new UsageOperation(host, _composition.Catalogue, _composition.UsageHistory, _composition.VerifyTools())
            .RunAsync(_composition.UsageRequest(), cancellationToken);
        _outcome.Used(report);
        await TellAsync(UsageText.Json(report), UsageText.Lines(report));
    });

    public Task CleanLogsAsync() => DoAsync(async cancellationToken =>
    {
        var host = await _composition.GetHostAsync(cancellationToken);
        var cleanup = await new CleanLogsOperation(host, _composition.Recorder, _composition.Time)
            .RunAsync(_composition.CleanLogsRequest(), cancellationToken);
        _outcome.Cleaned(cleanup, _composition.DryRun);
    });

    public Task InspectAsync() => DoAsync(async cancellationToken =>
    {
        await _composition.PrepareTrustAsync(cancellationToken);
        var copies = await _composition.GetCopiesAsync(cancellationToken);
        var operation = new InspectOperation(_composition.VerifyTools());
        if (((IInspect)_build).Against is not { Length: > 0 } against)
        {
            var inside = await operation.RunAsync(copies, cancellationToken);
            await TellAsync(InspectText.Json(inside), InspectText.Lines(inside));
            return;
        }

        var difference = against.Equals(Live, StringComparison.OrdinalIgnoreCase)
            ? await CompareLiveAsync(operation, copies, cancellationToken)
            : await operation.CompareAsync(copies, await _composition.Catalogue.GetAllAsync(against, cancellationToken), cancellationToken);
        await TellAsync(InspectText.Json(difference), InspectText.Lines(difference));
    });

    /// <summary>Only the parts that the backup has: the rest would look as if it had come.</summary>
    private async Task<InsideDifference> CompareLiveAsync(InspectOperation operation, IReadOnlyList<CataloguedBackup> copies, CancellationToken cancellationToken)
    {
        var host = await _composition.GetHostAsync(cancellationToken);
        var parts = DeploymentPartsText.Parse(copies.Select(copy => copy.Backup.Record).FirstOrDefault(record => record is not null)?.Only);
        var deployment = await new PreflightOperation(host, _composition.Compose, _composition.Recorder, _composition.Time)
            .RunAsync(_composition.DeploymentPath, parts, recover: null, cancellationToken);
        return await operation.CompareAsync(copies, host, deployment, cancellationToken);
    }

    /// <summary>The document where one was asked for, else lines.</summary>
    private async Task TellAsync(string json, IEnumerable<string> lines)
    {
        if (Composition.Json)
            await StandardOutput.Json.WriteAsync(json);
        else
            Print(lines);
    }
}
