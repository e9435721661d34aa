using Nuke.Common;

/// <summary>Where backups are kept and which of them is meant.</summary>
internal interface IHazStores : INukeBuild
{
    [Parameter("Directory of the local store. Default: ~/Documents/claude-relay-backup/data-backups")]
    string BackupDirectory => TryGetValue(() => BackupDirectory) ?? "~/Documents/claude-relay-backup/data-backups";

    [Parameter("Stores, joined by '+': local, release, artifact, rclone:<remote:path>. Default: local"), OneOf("local", "release", "artifact", "rclone:", Separator = "+")]
    string Store => TryGetValue(() => Store) ?? "local";

    [Parameter("A backup: its id, 'latest', or an archive's path. Default: the newest, where that is safe to assume")]
    string? BackupId => TryGetValue(() => BackupId);
}
