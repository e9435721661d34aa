using System.Text;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores;

/// <summary>The files of a local store: which are ours, which are abandoned, and how they are replaced.</summary>
internal sealed class LocalDirectory(string path, IReporter reporter)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Partial = ".partial";
    private const string Removed = ".removed";
    private const int ChecksumBytes = 64 * 1024;

    public string Path => path;

    public static string PartialName(string name) => $".{name}{Partial}";

    /// <summary>Every archive by its name; none where there is no directory.</summary>
    public IReadOnlyList<ArchiveName> Archives() => [.. Names().Select(ArchiveName.Find).OfType<ArchiveName>()];

    public void Prepare()
    {
        try
        {
            Create();
            RemoveLeftovers();
            // The only proof of write access is a write; found out now rather than after everything was read.
            var probe = At(PartialName($"{ArchiveName.Prefix}{Guid.NewGuid():N}"));
            DurableFiles.CreateLocked(probe, bufferSize: 0).Dispose();
            File.Delete(probe);
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            throw StoreErrors.Preparing(path, e);
        }
    }

    /// <summary>Null without a record, and, with a warning, when it is damaged or another archive's.</summary>
    public CatalogueRecord? FindRecord(ArchiveName name)
    {
        try
        {
            if (ReadSmall(name.Record, CatalogueJson.MaximumBytes) is not { } json)
                return null;
            var record = CatalogueJson.Read(json);
            return record.Archive == name.FileName ? record : null;
        }
        catch (Exception e) when (e is RelayOpsException or IOException or UnauthorizedAccessException)
        {
            reporter.Warn($"{name.Record}: {(e as RelayOpsException)?.Why ?? e.Message}; {name.FileName} is listed without it");
            return null;
        }
    }

    /// <summary>The archive's checksum as its <c>.sha256</c> file has it; null without one.</summary>
    public string? FindChecksum(ArchiveName name)
    {
        try
        {
            return ReadSmall(name.Checksum, ChecksumBytes) is not { } text ? null
                : Encoding.UTF8.GetString(text).Split('\n').Select(line => line.TrimEnd('\r'))
                    .Where(line => line.Length == 66 + name.FileName.Length && line[65] is ' ' or '*' && line.EndsWith(name.FileName, StringComparison.Ordinal))
                    .Select(line => line[..64].ToLowerInvariant()).FirstOrDefault(digest => digest.All(char.IsAsciiHexDigit));
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            reporter.Warn($"{name.Checksum} cannot be read: {e.Message}");
            return null;
        }
    }

    /// <summary>Whole or not at all: written under a hidden name, synced, renamed.</summary>
    public async Task ReplaceAsync(string fileName, byte[] content, CancellationToken cancellationToken)
    {
        var partial = At(PartialName($"{ArchiveName.Prefix}{Guid.NewGuid():N}"));
        await using var file = DurableFiles.CreateLocked(partial, bufferSize: 0);
        try
        {
            await file.WriteAsync(content, cancellationToken);
            file.Flush(flushToDisk: true);
            File.Move(partial, At(fileName), overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    public void Delete(ArchiveName name)
    {
        var hidden = At(PartialName(name.FileName + Removed));
        if (File.Exists(At(name.FileName)))
            File.Move(At(name.FileName), hidden, overwrite: true);
        DurableFiles.SyncDirectory(path);
        FinishDelete(name, hidden);
    }

    private void FinishDelete(ArchiveName name, string hidden)
    {
        File.Delete(At(name.Certificate));
        // Plaintext and its encrypted twin share record and checksum.
        if (!Archives().Any(other => other.Base == name.Base))
        {
            File.Delete(At(name.Record));
            File.Delete(At(name.Checksum));
        }

        File.Delete(hidden);
        DurableFiles.SyncDirectory(path);
    }

    private void Create()
    {
        if (!Directory.Exists(path))
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, OwnerOnly);
        }

        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & ~OwnerOnly) is 0)
            return;
        // Whoever lists a directory sees names only: the archives are 0600. So a directory with other things in it stays as it is.
        if (!Names().TrueForAll(IsOurs) || !TryTighten())
            reporter.Warn($"others may look into the backup directory '{path}' and its mode is left alone, since it holds other files or is not yours; "
                + "choose a directory of its own or run: chmod 700");
        else
            reporter.Warn($"the backup directory '{path}' was open to others; it is now 0700");
    }

    private bool TryTighten()
    {
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            File.SetUnixFileMode(path, OwnerOnly);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What runs that were killed left behind. A partial file whose writer lives is locked.</summary>
    private void RemoveLeftovers()
    {
        foreach (var name in Names().Where(IsPartial))
        {
            if (!DurableFiles.IsAbandoned(At(name)))
                continue;
            if (FindRemoved(name) is { } archive)
                FinishDelete(archive, At(name));
            else
                File.Delete(At(name));
            reporter.Note($"removed {name}, which an interrupted run left in '{path}'");
        }
    }

    private List<string> Names() =>
        Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path).Select(entry => System.IO.Path.GetFileName(entry)).ToList() : [];

    private static bool IsPartial(string name) => FindRemoved(name) is not null
        || (name.StartsWith('.' + ArchiveName.Prefix, StringComparison.Ordinal) && name.EndsWith(Partial, StringComparison.Ordinal));

    /// <summary>The archive whose deletion this file is what is left of; an older script's, too.</summary>
    private static ArchiveName? FindRemoved(string name) =>
        name.StartsWith('.') && name.EndsWith(Removed + Partial, StringComparison.Ordinal)
            ? ArchiveName.Find(name[1..^(Removed + Partial).Length])
            : null;

    private static bool IsOurs(string name) =>
        IsPartial(name) || ArchiveName.Find(name) is not null
        || (name.EndsWith(ArchiveName.CertificateExtension, StringComparison.Ordinal) && ArchiveName.Find(name[..^ArchiveName.CertificateExtension.Length]) is not null)
        || (name.EndsWith(".json", StringComparison.Ordinal) || name.EndsWith(".sha256", StringComparison.Ordinal))
        && ArchiveName.Find(System.IO.Path.GetFileNameWithoutExtension(name) + ".tar.gz") is not null;

    private byte[]? ReadSmall(string fileName, int maximum)
    {
        var file = new FileInfo(At(fileName));
        if (!file.Exists)
            return null;
        if (file.Length > maximum)
            throw new IOException($"{file.Length} bytes are too many");
        return File.ReadAllBytes(file.FullName);
    }

    private string At(string fileName) => System.IO.Path.Combine(path, fileName);
}
