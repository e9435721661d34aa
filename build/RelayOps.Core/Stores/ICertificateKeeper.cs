using RelayOps.Core.Backups;

namespace RelayOps.Core.Stores;

/// <summary>Keeps the certificates of drills: a store beside its archives, or a directory for those whose store has no room for them.</summary>
public interface ICertificateKeeper
{
    /// <summary>Writes it as <c>&lt;archive&gt;.drill.json</c>, whole or not at all, in place of an earlier one.</summary>
    /// <returns>Its full path.</returns>
    Task<string> KeepAsync(StoredBackup backup, DrillCertificate certificate, CancellationToken cancellationToken);
}
