using Nuke.Common;

internal interface IDoctor : IHazServer, IHazStores, IHazEncryption, IHazGitHub, IHazReporting, IHazOperations
{
    [Parameter("Mends what is safe to mend: modes, directories of the local store; with --confirm yes an operation that broke off")]
    bool Fix => TryGetValue<bool?>(() => Fix) ?? false;

    [PrintsJson]
    Target Doctor => _ => _
        .Description("Checks everything a backup or restore needs and says how to mend each failure; changes nothing without --fix")
        .Executes(() => Operations.DoctorAsync());
}
