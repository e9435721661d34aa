using RelayOps.Core.Operations.Status;

/// <summary>For schedulers outside of the one that makes the backups.</summary>
internal sealed partial class Operations
{
    public Task StatusAsync() => DoAsync(async cancellationToken =>
    {
        var report = await new StatusOperation(_composition.Catalogue, _composition.Recorder, _composition.Time)
            .RunAsync(_composition.StatusRequest(), _composition.HasServer ? LookAsync : null, cancellationToken);
        if (Composition.Json)
            await StandardOutput.Json.WriteAsync(_composition.Mask.Apply(report.ToJson()));
        _outcome.Seen(report);
        report.Demand();
    });

    private async Task<ServerStatus> LookAsync(CancellationToken cancellationToken) =>
        await new ServerLook(await _composition.GetHostAsync(cancellationToken)).RunAsync(_composition.DeploymentPath, cancellationToken);
}
