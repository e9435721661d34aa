using Nuke.Common;

internal interface IPublish : IVerify, IHazGitHub, IHazReporting
{
    Target Publish => _ => _
        .Description("Copies a verified backup to every other store of --store")
        .DependsOn<IVerify>(x => x.Verify)
        .Executes(() => Operations.PublishAsync());
}
