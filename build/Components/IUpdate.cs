using Nuke.Common;

internal interface IUpdate : IHazRestore, IBackup, IVerify
{
    [Parameter("Tells whether the registry has newer images, and changes nothing that runs")]
    bool CheckOnly => TryGetValue<bool?>(() => CheckOnly) ?? false;

    [PrintsJson]
    Target Update => _ => _
        .Description("Backs up, pulls newer images, restarts on them and checks health; on failure the former images and data come back")
        .DependsOn(Backup, Verify)
        .TryAfter<IPublish>(x => x.Publish)
        .TryAfter<IPrune>(x => x.Prune)
        .Executes(() => Operations.UpdateAsync());
}
