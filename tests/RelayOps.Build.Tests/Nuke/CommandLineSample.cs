using Nuke.Common;
using Nuke.Common.IO;

namespace RelayOps.Build.Tests.Nuke;

/// <summary>Shaped like the real build: components bring what they need. Never run, only looked at.</summary>
internal sealed class CommandLineSample : NukeBuild, IHazEverything
{
    [Parameter]
    private readonly int Keep = 7;

    [Parameter]
    [OneOf("auto", "keep", "restore")]
    private readonly string Env = "auto";

    [Parameter]
    private readonly string[] Notify = [];

    [Parameter]
    private readonly AbsolutePath? Report;

    public string Unused => $"{Keep}{Env}{Notify}{Report}";

    private Target Backup => _ => _;

    private Target Verify => _ => _;

    private Target Restore => _ => _;

    private Target Doctor => _ => _;
}

internal interface IHazEverything : INukeBuild
{
    [Parameter]
    string? Server => TryGetValue(() => Server);

    [Parameter]
    string? BackupId => TryGetValue(() => BackupId);

    [Parameter]
    bool DryRun => TryGetValue<bool?>(() => DryRun) ?? false;

    [Parameter]
    bool AllowShrink => TryGetValue<bool?>(() => AllowShrink) ?? false;

    [Parameter]
    [SecretOrPath]
    string? SshKey => TryGetValue(() => SshKey);

    [Parameter]
    [SecretOrPath]
    string? Identity => TryGetValue(() => Identity);

    [Parameter]
    [Secret]
    string? Passphrase => TryGetValue(() => Passphrase);

    [Parameter]
    [Secret]
    string? GitHubToken => TryGetValue(() => GitHubToken);

    [Parameter]
    string? GitHubApiUrl => TryGetValue(() => GitHubApiUrl);

    [Parameter]
    [OneOf("quick", "deep", "drill")]
    string Level => TryGetValue(() => Level) ?? "deep";

    [Parameter]
    [OneOf("redis", "data", "logs", "config", Separator = "+")]
    string? Only => TryGetValue(() => Only);

    [Parameter]
    [OneOf("local", "release", "artifact", "rclone:", Separator = "+")]
    string Store => TryGetValue(() => Store) ?? "local";

    [Parameter]
    [Duration]
    string HealthTimeout => TryGetValue(() => HealthTimeout) ?? "120s";
}
