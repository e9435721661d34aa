using Nuke.Common;

internal interface IPrune : IHazStores, IHazReporting, IHazOperations
{
    [Parameter("Newest backups kept; never fewer than one verified. Default: 7")]
    int? Keep => TryGetValue<int?>(() => Keep);

    [Parameter("Days of which the newest backup is kept. Default: 0")]
    int? KeepDaily => TryGetValue<int?>(() => KeepDaily);

    [Parameter("Weeks of which the newest backup is kept. Default: 0")]
    int? KeepWeekly => TryGetValue<int?>(() => KeepWeekly);

    [Parameter("Months of which the newest backup is kept. Default: 0")]
    int? KeepMonthly => TryGetValue<int?>(() => KeepMonthly);

    [PrintsJson]
    Target Prune => _ => _
        .Description("Applies retention; prints what it keeps and why")
        .TryAfter<IVerify>(x => x.Verify)
        .TryAfter<IPublish>(x => x.Publish)
        .Executes(() => Operations.PruneAsync());
}
