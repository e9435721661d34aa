using Nuke.Common;

internal interface IRollback : IHazRestore
{
    Target Rollback => _ => _
        .Description("Undoes the newest restore or update from its safety copy")
        .DependsOn(Preflight)
        .Executes(() => Operations.RollbackAsync());
}
