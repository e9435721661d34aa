using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores;

/// <summary>Keeps certificates of backups whose store keeps archives alone, beside the report, where a workflow uploads both.</summary>
public sealed class CertificateDirectory(string directory) : ICertificateKeeper
{
    public async Task<string> KeepAsync(StoredBackup backup, DrillCertificate certificate, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(directory);
        var file = Path.GetFileName(backup.Archive) + ArchiveName.CertificateExtension;
        try
        {
            Directory.CreateDirectory(path);
            await new LocalDirectory(path, SilentReporter.Instance).ReplaceAsync(file, certificate.ToJson(), cancellationToken);
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            throw StoreErrors.Writing(path, e);
        }

        return Path.Combine(path, file);
    }
}
