using Nuke.Common;

/// <summary>What restoring and rolling back have in common.</summary>
internal interface IHazRestore : IPreflight, IHazReporting
{
    [Parameter("'yes' where nobody is there to be asked"), OneOf("yes")]
    string? Confirm => TryGetValue(() => Confirm);

    [Parameter("How long the service may take to become healthy; grows with the dataset. Default: 120s"), Duration]
    string HealthTimeout => TryGetValue(() => HealthTimeout) ?? "120s";

    [Parameter("Asked in addition to the service itself, e.g. its public address")]
    string? HealthUrl => TryGetValue(() => HealthUrl);

    [Parameter("Leaves administrators' sessions out")]
    bool DropSessions => TryGetValue<bool?>(() => DropSessions) ?? false;

    [Parameter("Safety copies that stay on the server. Default: 2")]
    int KeepSafetyCopies => TryGetValue<int?>(() => KeepSafetyCopies) ?? 2;
}

internal interface IRestore : IHazRestore, IVerify
{
    [Parameter("auto keeps the server's .env and compose files where they fit the backup; keep; restore. Default: auto"), OneOf("auto", "keep", "restore")]
    string Env => TryGetValue(() => Env) ?? "auto";

    [Parameter("Restores an old archive whose append-only file is torn at its end")]
    bool AllowTorn => TryGetValue<bool?>(() => AllowTorn) ?? false;

    [Parameter("Restores data that another ENCRYPTION_KEY encrypted")]
    bool AllowKeyMismatch => TryGetValue<bool?>(() => AllowKeyMismatch) ?? false;

    Target Restore => _ => _
        .Description("Puts a backup, or the parts named by --only, back, with safety copy, health check and automatic rollback")
        .DependsOn(Preflight, Verify)
        .Executes(() => Operations.RestoreAsync());
}
