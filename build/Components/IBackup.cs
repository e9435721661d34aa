using Nuke.Common;

internal interface IBackup : IPreflight, IHazEncryption, IHazSignatures
{
    [Parameter("gzip or zstd. Default: gzip"), OneOf("gzip", "zstd")]
    string Compression => TryGetValue(() => Compression) ?? "gzip";

    [Parameter("On the format's own scale; higher is smaller and slower")]
    int? CompressionLevel => TryGetValue<int?>(() => CompressionLevel);

    [Parameter("Keeps a backup that has less than half the keys or bytes of the one before it")]
    bool AllowShrink => TryGetValue<bool?>(() => AllowShrink) ?? false;

    Target Backup => _ => _
        .Description("Takes a consistent snapshot of the running deployment into one archive, then verifies it, copies it to the other stores and applies retention")
        .DependsOn(Preflight)
        .Triggers<IVerify>(x => x.Verify)
        .Triggers<IPublish>(x => x.Publish)
        .Triggers<IPrune>(x => x.Prune)
        .Executes(() => Operations.BackupAsync());
}
