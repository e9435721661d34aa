using Nuke.Common;

internal interface ICopy : IVerify, IHazGitHub, IHazReporting
{
    Target Copy => _ => _
        .Description("Copies the backup of --backup-id, wherever it is, to every store of --store that lacks it")
        .DependsOn<IVerify>(x => x.Verify)
        .Executes(() => Operations.PublishAsync());
}
