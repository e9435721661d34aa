using System.Globalization;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Stores;

/// <summary>Restore and Rollback, and whom they ask.</summary>
internal sealed partial class Operations
{
    private CataloguedBackup? _chosen;
    private CataloguedBackup? _verifiedIn;
    private VerifiedBackup? _verified;

    /// <summary>A deployment that is restored to need not run.</summary>
    private DeploymentParts PreflightParts =>
        IsRestoring ? _composition.Parts & ~DeploymentParts.Redis : _composition.Parts;

    private bool IsRestoring => _build.InvokedTargets.Any(target => target.Name is "Restore" or "Rollback");

    /// <summary>Restore and Rollback do it themselves, under their own lock.</summary>
    private Func<CancellationToken, Task>? Recovering => IsRestoring || OnlyLooks || _composition.DryRun ? null : async cancellationToken =>
        await new RecoverOperation(await _composition.GetHostAsync(cancellationToken), _composition.Compose, _composition.Recorder, _composition.Time)
            .RunAsync(_composition.DeploymentPath, _composition.Owner("Recovery"), Duration.Parse(((IHazServer)_build).LockWait), cancellationToken);

    public Task RestoreAsync() => DoAsync(async cancellationToken =>
    {
        var host = await _composition.GetHostAsync(cancellationToken);
        var source = RestoreSource.From(_verified!, _verifiedIn!.Store, _composition.Codecs, _composition.FindCipher);
        var operation = new RestoreOperation(host, _composition.Compose, _composition.Recorder, _composition.Time);
        _outcome.Restored(await operation.RunAsync(RestoreRequest(), source, cancellationToken));
    });

    public Task RollbackAsync() => DoAsync(async cancellationToken =>
    {
        var host = await _composition.GetHostAsync(cancellationToken);
        var operation = new RollbackOperation(host, _composition.Compose, _composition.Recorder, _composition.Time);
        _outcome.Restored(await operation.RunAsync(RestoreRequest(), cancellationToken));
    });

    /// <summary>Refuses what must be said and was not, before anything is done; on a terminal it asks which backup.</summary>
    private async Task PrepareRestoreAsync(CancellationToken cancellationToken)
    {
        if (!IsRestoring)
            return;
        IRestore parameters = _build;
        if (!_composition.DryRun && parameters.Confirm is null && !Prompt.IsPossible)
            throw new RelayOpsException("this was not confirmed", "there is no terminal to ask on", "pass --confirm yes", ExitStatus.WrongUse);
        if (parameters.BackupId is not null || _build.InvokedTargets.All(target => target.Name != "Restore"))
            return;
        if (!Prompt.IsPossible)
            throw new RelayOpsException("no backup was named", "which one is restored is never assumed without a terminal",
                "pass --backup-id with an id of the List target, or latest", ExitStatus.WrongUse);
        var backups = await new ListOperation(_composition.Catalogue, _composition.Time).RunAsync(cancellationToken);
        Print(ListOperation.Table(backups));
        var all = await _composition.Catalogue.ListAsync(cancellationToken);
        _chosen = all[Prompt.Number("restore which one, from the top?", all.Count) - 1];
    }

    private RestoreRequest RestoreRequest()
    {
        IRestore parameters = _build;
        return new RestoreRequest
        {
            DeploymentPath = _composition.DeploymentPath,
            Parts = _composition.Parts,
            Environment = Enum.Parse<EnvironmentPolicy>(parameters.Env, ignoreCase: true),
            DropSessions = parameters.DropSessions,
            KeepSafetyCopies = parameters.KeepSafetyCopies,
            HealthTimeout = Duration.Parse(parameters.HealthTimeout),
            HealthUrl = parameters.HealthUrl,
            AllowTorn = parameters.AllowTorn,
            AllowKeyMismatch = parameters.AllowKeyMismatch,
            DryRun = _composition.DryRun,
            Owner = _composition.Owner(_run.Operation),
            LockWait = Duration.Parse(parameters.LockWait),
            ConfirmAsync = (lines, _) => Task.FromResult(Confirm(lines, parameters.Confirm)),
        };
    }

    private bool Confirm(IReadOnlyList<string> lines, string? confirmed)
    {
        Print(lines);
        return confirmed == "yes" || Prompt.Yes("type yes to go on:");
    }
}

/// <summary>Questions on a terminal.</summary>
internal static class Prompt
{
    public static bool IsPossible => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    public static bool Yes(string question) => Ask(question) == "yes";

    /// <exception cref="RelayOpsException">The answer is none of them.</exception>
    public static int Number(string question, int most) =>
        int.TryParse(Ask($"{question} (1-{most})"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number : throw new RelayOpsException("no backup was chosen", $"the answer is no number from 1 to {most}", "run it again", ExitStatus.WrongUse);

    private static string Ask(string question)
    {
        Console.Write(question + " ");
        return (Console.ReadLine() ?? "").Trim();
    }
}
