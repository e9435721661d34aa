using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>Backups in a directory of this machine, which are copied from there.</summary>
internal static class LocalBackups
{
    public static async Task<CataloguedBackup> MakeAsync(string directory, BackupId id, byte[] content)
    {
        var local = new LocalDirectoryStore(directory, SilentReporter.Instance);
        var record = StoreContract.RecordOf(id, content);
        await using var pending = await local.BeginAsync(record.Archive, CancellationToken.None);
        await pending.Content.WriteAsync(content);
        return new CataloguedBackup(local, await pending.CommitAsync(record, CancellationToken.None));
    }

    /// <summary>As Reencrypt leaves it, with other content in the place of what was there.</summary>
    /// <param name="day">Of its encryption, after it was made.</param>
    public static async Task<CataloguedBackup> ReplaceAsync(CataloguedBackup source, byte[] content, int day = 1)
    {
        var record = StoreContract.RecordOf(source.Id, content, ".tar.gz.age") with { Encryption = "age", ReencryptedAt = source.Id.Time.AddDays(day) };
        await using var pending = await ((LocalDirectoryStore)source.Store).BeginReplacementAsync(source.Backup, record.Archive, CancellationToken.None);
        await pending.Content.WriteAsync(content);
        return source with { Backup = await pending.CommitAsync(record, CancellationToken.None) };
    }
}
