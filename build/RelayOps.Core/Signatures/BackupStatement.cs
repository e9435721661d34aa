using System.Globalization;
using System.Text;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Signatures;

/// <summary>
/// What a signature says of a backup: all of its catalogue record that never changes, in lines of their own, so that it can be put together by
/// hand. How far it was verified, whether it is pinned and the like change in the store and are not part of it.
/// </summary>
public static class BackupStatement
{
    /// <summary>UTF-8, lines ended by a line feed; equal records have equal statements.</summary>
    /// <exception cref="RelayOpsException">A value holds a control character, and could pass for several (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static byte[] Of(CatalogueRecord record)
    {
        var text = new StringBuilder("claude-relay-backup statement 1\n");
        foreach (var (name, value) in Values(record))
        {
            if (value.Any(char.IsControl))
                throw new RelayOpsException("a catalogue record cannot be signed or trusted", $"its {name} holds a control character",
                    "use another copy or another backup", ExitStatus.BadBackup);
            text.Append(name).Append(' ').Append(value).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static IEnumerable<(string Name, string Value)> Values(CatalogueRecord record) =>
    [
        ("backup-id", record.BackupId),
        ("archive", record.Archive),
        ("size-bytes", record.SizeBytes.ToString(CultureInfo.InvariantCulture)),
        ("sha256", record.Sha256),
        ("manifest-sha256", record.ManifestSha256),
        ("created-at", record.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        ("server", record.Server.Id),
        ("only", record.Only ?? "everything"),
        ("encryption", record.Encryption ?? "none"),
        ("encryption-key-fingerprint", record.EncryptionKeyFingerprint ?? "none"),
    ];
}
