using RelayOps.Core.Backups;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Holds an archive against its own manifest: every file, nothing missing, nothing extra.</summary>
internal static class ManifestCheck
{
    public static void Require(BackupContent content, Manifest manifest, BackupId id)
    {
        if (manifest.BackupId != id.ToString())
            throw Bad("manifest.json", $"it is of backup {manifest.BackupId}, not {id}");
        if (content.Layout?.TopFolder != Archives.ArchiveWriter.TopFolder(id))
            throw Bad("manifest.json", $"the archive's folder is not that of backup {id}");
        var found = new Dictionary<string, ManifestEntry>(StringComparer.Ordinal);
        foreach (var entry in content.Entries)
        {
            if (!found.TryAdd(entry.Path, entry))
                throw Bad(entry.Path, "it is there twice");
        }

        foreach (var expected in manifest.Entries)
        {
            if (!found.Remove(expected.Path, out var entry))
                throw Bad(expected.Path, "the manifest names it, and it is missing");
            if (Difference(expected, entry) is { } difference)
                throw Bad(expected.Path, difference);
        }

        if (found.Count > 0)
            throw Bad(found.Keys.Order(StringComparer.Ordinal).First(), "the manifest does not name it");
    }

    private static string? Difference(ManifestEntry expected, ManifestEntry found)
    {
        if (found.Kind != expected.Kind)
            return $"it is a {found.Kind}, the manifest says {expected.Kind}";
        if (found.Size != expected.Size)
            return $"it has {found.Size} bytes, the manifest says {expected.Size}";
        if (found.Sha256 is not null && found.Sha256 != expected.Sha256)
            return "its content is not what was backed up (sha256)";
        if (found.Target != expected.Target)
            return "it is a link to another place than the manifest says";
        if (found.Mode != expected.Mode || found.UserId != expected.UserId || found.GroupId != expected.GroupId)
            return $"its mode and owner are {found.Mode} {found.UserId}:{found.GroupId}, the manifest says {expected.Mode} {expected.UserId}:{expected.GroupId}";
        return found.ModifiedAt == expected.ModifiedAt ? null : "its time is not what the manifest says";
    }

    private static RelayOpsException Bad(string path, string why) =>
        new($"{Archives.EntryPath.Shown(path)} in the archive is not as it was backed up", why, "use another backup", ExitStatus.BadBackup);
}
