using Nuke.Common;

internal interface IRehearse : IHazReporting, IHazOperations
{
    Target Rehearse => _ => _
        .Description("Makes a disposable deployment on this machine, backs it up, verifies, destroys its data, restores them, compares, and rebuilds it in containers where docker has the images; needs no server and no configuration")
        .Executes(() => Operations.RehearseAsync());
}
