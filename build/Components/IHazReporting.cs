using Nuke.Common;

/// <summary>How an operation tells what it does and did.</summary>
internal interface IHazReporting : INukeBuild
{
    [Parameter("Connects, reads, prints each command and file operation that would follow, and changes nothing")]
    bool DryRun => TryGetValue<bool?>(() => DryRun) ?? false;

    [Parameter("A reading target prints JSON alone on stdout")]
    bool Json => TryGetValue<bool?>(() => Json) ?? false;

    [Parameter("Where the report is written. Default: artifacts/report.json")]
    string? Report => TryGetValue(() => Report);
}
