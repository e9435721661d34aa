using Nuke.Common;

internal interface IPreflight : IHazServer, IHazStores, IHazOperations
{
    [PrintsJson]
    Target Preflight => _ => _
        .Description("Connects and checks what the operation needs; changes nothing")
        .Executes(() => Operations.PreflightAsync());
}
