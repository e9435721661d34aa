using Nuke.Common;

internal interface ICleanLogs : IHazServer, IHazReporting, IHazOperations
{
    [Parameter("Age in days from which CleanLogs removes a log. Default: 30")]
    int LogRetentionDays => TryGetValue<int?>(() => LogRetentionDays) ?? 30;

    Target CleanLogs => _ => _
        .Description("Removes log files older than --log-retention-days, never one that is open")
        .Executes(() => Operations.CleanLogsAsync());
}
