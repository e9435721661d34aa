using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RelayOps.Adapters.Stores;

/// <summary>What a file needs to survive a power cut under its final name, and the runtime does not offer.</summary>
internal static partial class DurableFiles
{
    private const int FileExists = 17;
    private const int NotPermitted = 1;
    private const int NotSupported = 95;
    private const int TooManyLinks = 31;
    private const int NotSupportedOnMac = 45;

    /// <summary>
    /// The owner's alone, and locked for as long as it is open: a lock ends with its process, however that ends, so that another run
    /// can tell a file being written from one left behind.
    /// </summary>
    public static FileStream CreateLocked(string path, int bufferSize = 128 * 1024)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            BufferSize = bufferSize,
            Options = FileOptions.Asynchronous,
            // Windows renames an open file only when it is shared for deletion; elsewhere None is the lock.
            Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Whether no process has the file open through <see cref="CreateLocked"/>.</summary>
    public static bool IsAbandoned(string path)
    {
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            // Locked, gone meanwhile, or another user's: in no case ours to remove.
            return false;
        }
    }

    /// <summary>Gives the file its final name; an <see cref="IOException"/> when something has that name already, even since a moment ago.</summary>
    public static void MoveWithoutOverwriting(string source, string destination)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(source, destination) == 0)
            {
                File.Delete(source);
                return;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is not (NotPermitted or NotSupported or TooManyLinks or NotSupportedOnMac))
                throw new IOException($"'{destination}': {new Win32Exception(error).Message}", error == FileExists ? FileExists : error);
        }

        // File systems without hard links: the runtime looks first and then renames.
        File.Move(source, destination, overwrite: false);
    }

    /// <summary>Makes the names in a directory durable: new ones, and that others are gone.</summary>
    public static void SyncDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(directory, 0);
        if (descriptor < 0)
            throw new IOException($"'{directory}': {new Win32Exception(Marshal.GetLastPInvokeError()).Message}", Marshal.GetLastPInvokeError());
        try
        {
            // Some network file systems refuse it; the file itself was synced, and there is nothing better to do.
            _ = Sync(descriptor);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string created);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
