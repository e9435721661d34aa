using Nuke.Common;

/// <summary>Who is told how a run ended, beside those who read its output.</summary>
internal interface IHazNotifications : INukeBuild
{
    [Parameter("Who is told how a run ended, several with blanks between: https://… gets the report as JSON; slack:, discord:, telegram:, feishu:, dingtalk: or wecom: before an address; healthchecks:https://… pings; smtp[s]://…; what stands behind # signs. Tokens, and addresses that are secret themselves, go into the variable NOTIFY")]
    string? Notify => TryGetValue(() => Notify);

    [Parameter("failure or always: what --notify tells; healthchecks get every run of Backup, Verify and Status. Default: failure"), OneOf("failure", "always")]
    string NotifyOn => TryGetValue(() => NotifyOn) ?? "failure";

    [Parameter("A file for the textfile collector of Prometheus' node exporter, e.g. relayops.prom")]
    string? Metrics => TryGetValue(() => Metrics);
}
