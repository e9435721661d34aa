using System.Text;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores;

/// <summary>
/// Backups in one directory of this machine: archive, <c>.sha256</c> and <c>.json</c> side by side, 0600 in a directory of 0700. What is
/// half-written has a hidden name and is locked by the process that writes it.
/// </summary>
public sealed class LocalDirectoryStore(string directory, IReporter reporter) : IBackupStore, IArchiveSpool, ICertificateKeeper
{
    public const string StoreName = "local";

    private readonly LocalDirectory files = new(Path.GetFullPath(directory), reporter);

    public string Name => StoreName;

    public string Directory => files.Path;

    /// <summary>Makes the directory where it is missing, and removes what killed runs left in it.</summary>
    /// <exception cref="RelayOpsException">It cannot be written (<see cref="ExitStatus.WrongUse"/>).</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.Run(files.Prepare, cancellationToken);

    /// <remarks>A directory that is not there holds no backups.</remarks>
    public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) =>
        Task.Run(() => List(cancellationToken), cancellationToken);

    public Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        var path = PathOf(backup.Archive);
        try
        {
            return Task.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 128 * 1024,
                FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            throw StoreErrors.Reading(path, e);
        }
    }

    /// <exception cref="RelayOpsException">The archive is gone (<see cref="ExitStatus.BadBackup"/>), or the directory cannot be written.</exception>
    public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) =>
        SaveBesideAsync(NameOf(backup), name => name.Record, CatalogueJson.Write(record), cancellationToken);

    /// <inheritdoc cref="SaveRecordAsync"/>
    public async Task<string> KeepAsync(StoredBackup backup, DrillCertificate certificate, CancellationToken cancellationToken)
    {
        var name = NameOf(backup);
        await SaveBesideAsync(name, name => name.Certificate, certificate.ToJson(), cancellationToken);
        return PathOf(name.Certificate);
    }

    /// <remarks>
    /// The archive loses its name in one step, so that no interruption leaves a backup in the list that is no longer whole; its bytes
    /// go last. <see cref="PrepareAsync"/> finishes what was interrupted.
    /// </remarks>
    public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => Task.Run(() =>
    {
        try
        {
            files.Delete(NameOf(backup));
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            throw StoreErrors.Writing(Directory, e);
        }
    }, cancellationToken);

    public Task<IPendingArchive> BeginAsync(string fileName, CancellationToken cancellationToken) => BeginAsync(fileName, null, cancellationToken);

    public Task<IPendingArchive> BeginReplacementAsync(StoredBackup replaced, string fileName, CancellationToken cancellationToken) =>
        BeginAsync(fileName, NameOf(replaced), cancellationToken);

    private async Task<IPendingArchive> BeginAsync(string fileName, ArchiveName? replaced, CancellationToken cancellationToken)
    {
        var name = ArchiveName.Find(fileName) ?? throw new ArgumentException($"'{fileName}' is no archive's name", nameof(fileName));
        await PrepareAsync(cancellationToken);
        if (files.Archives().Any(other => other.Base == name.Base && other != replaced))
            throw Taken(name, null);
        var partial = PathOf(LocalDirectory.PartialName(name.Base));
        try
        {
            // The same hidden name for every format: it reserves the id, too.
            return new LocalPendingArchive(this, name, partial, DurableFiles.CreateLocked(partial)) { Replaced = replaced };
        }
        catch (IOException e) when (File.Exists(partial))
        {
            throw Taken(name, e);
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            throw StoreErrors.Writing(Directory, e);
        }
    }

    private async Task SaveBesideAsync(ArchiveName name, Func<ArchiveName, string> file, byte[] content, CancellationToken cancellationToken)
    {
        if (!File.Exists(PathOf(name.FileName)))
            throw StoreErrors.Reading(PathOf(name.FileName), new FileNotFoundException("no such file"));
        try
        {
            await WriteBesideAsync(file(name), content, cancellationToken);
            DurableFiles.SyncDirectory(Directory);
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            throw StoreErrors.Writing(Directory, e);
        }
    }

    internal string PathOf(string fileName) => Path.Combine(Directory, fileName);

    /// <summary>As <c>sha256sum</c> writes it, for <c>sha256sum -c</c>.</summary>
    internal static byte[] ChecksumLine(CatalogueRecord record) => Encoding.UTF8.GetBytes($"{record.Sha256}  {record.Archive}\n");

    internal static RelayOpsException Taken(ArchiveName name, Exception? inner) => new(
        $"a backup {name.Id} exists already", "another run began in the same second", "run the same command again", inner: inner);

    internal void Remove(ArchiveName name) => files.Delete(name);

    internal Task WriteBesideAsync(string fileName, byte[] content, CancellationToken cancellationToken) =>
        files.ReplaceAsync(fileName, content, cancellationToken);

    internal StoredBackup Describe(ArchiveName name, long size, CatalogueRecord? record, string? sha256) => new()
    {
        Id = name.Id,
        Store = Name,
        Archive = name.FileName,
        Location = PathOf(name.FileName),
        SizeBytes = size,
        Record = record,
        Sha256 = sha256,
    };

    private IReadOnlyList<StoredBackup> List(CancellationToken cancellationToken)
    {
        try
        {
            return
            [
                .. files.Archives().Select(found => Read(found, cancellationToken)).OfType<StoredBackup>()
                    .OrderByDescending(backup => backup.Id).ThenBy(backup => backup.Archive, StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            throw StoreErrors.Reading(Directory, e);
        }
    }

    /// <summary>Null when it was deleted since the directory was listed.</summary>
    private StoredBackup? Read(ArchiveName name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var file = new FileInfo(PathOf(name.FileName));
        return file.Exists ? Describe(name, file.Length, files.FindRecord(name), files.FindChecksum(name)) : null;
    }

    private static ArchiveName NameOf(StoredBackup backup) =>
        ArchiveName.Find(backup.Archive) ?? throw new ArgumentException($"'{backup.Archive}' is no archive's name", nameof(backup));
}
