using Nuke.Common;

internal interface IVerify : IHazStores, IHazEncryption, IHazSignatures, IHazOperations
{
    [Parameter("How far to prove a backup good: quick, deep or drill. Default: deep"), OneOf("quick", "deep", "drill")]
    string Level => TryGetValue(() => Level) ?? "deep";

    [Parameter("Drill: pulls the backup's images where docker lacks them")]
    bool PullImages => TryGetValue<bool?>(() => PullImages) ?? false;

    [PrintsJson]
    Target Verify => _ => _
        .Description("Proves a backup good, by what the store holds")
        .Executes(() => Operations.VerifyAsync());
}
