using System.Security.Cryptography;

namespace RelayOps.Adapters.Stores;

/// <summary>
/// One writer at a time of a file that each of them replaces. A lock ends with its process; its file goes when the lock does, since it may lie
/// where others count what lies there.
/// </summary>
internal sealed class VanishingLock : IDisposable
{
    private readonly FileStream _file;

    private VanishingLock(FileStream file) => _file = file;

    /// <param name="path">Of the lock, in a directory that is there.</param>
    /// <exception cref="IOException">Another holds it for longer than <paramref name="patience"/>, or it cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written to.</exception>
    public static async Task<VanishingLock> TakeAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                if (Find(path) is { } file)
                    return new VanishingLock(file);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException) && time.GetElapsedTime(began) < patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        // While it is still ours: a moment later it may be another's.
        if (!OperatingSystem.IsWindows())
            File.Delete(_file.Name);
        _file.Dispose();
    }

    /// <returns>Null where who had it before removed the file between its opening here and its locking: then it locks nothing.</returns>
    private static FileStream? Find(string path)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0,
            OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
        if (OperatingSystem.IsWindows() || IsThere(file))
            return file;
        file.Dispose();
        return null;
    }

    /// <summary>Told by a time that no other file has; an even second, as coarse as any file system counts.</summary>
    private static bool IsThere(FileStream file)
    {
        var mark = DateTime.UnixEpoch.AddSeconds(2L * RandomNumberGenerator.GetInt32(1 << 30));
        File.SetLastWriteTimeUtc(file.SafeFileHandle, mark);
        return File.GetLastWriteTimeUtc(file.Name) == mark;
    }
}
