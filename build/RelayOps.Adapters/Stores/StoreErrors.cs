using RelayOps.Core;

namespace RelayOps.Adapters.Stores;

/// <summary>Turns what the file system says into what an operator can act on.</summary>
internal static class StoreErrors
{
    private const int NoSpace = 28;
    private const int NoQuota = 122;
    private const int ReadOnly = 30;
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);

    public static bool IsFileError(Exception error) => error is IOException or UnauthorizedAccessException;

    public static RelayOpsException Writing(string directory, Exception error) => error switch
    {
        _ when IsFull(error) => new RelayOpsException(
            $"the backup directory '{directory}' is full", error.Message, "free space there, prune old backups, or choose another --backup-directory",
            inner: error),
        UnauthorizedAccessException or DirectoryNotFoundException or PathTooLongException or IOException { HResult: ReadOnly } => NotWritable(directory, error),
        _ => new RelayOpsException($"writing to the backup directory '{directory}' failed", error.Message,
            "check that disk, then run the same command again", inner: error),
    };

    /// <summary>Whatever the reason why nothing can be written from the start, it is the operator's choice of a directory.</summary>
    public static RelayOpsException Preparing(string directory, Exception error) =>
        IsFull(error) ? Writing(directory, error) : NotWritable(directory, error);

    private static bool IsFull(Exception error) => error is IOException { HResult: NoSpace or NoQuota or NoSpaceOnWindows };

    private static RelayOpsException NotWritable(string directory, Exception error) => new(
        $"the backup directory '{directory}' cannot be written", error.Message,
        "give yourself write access to it, or choose another --backup-directory", ExitStatus.WrongUse, error);

    public static RelayOpsException Reading(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => new RelayOpsException(
            $"the archive '{path}' is gone", error.Message, "run the List target to see the backups there are", ExitStatus.BadBackup, error),
        UnauthorizedAccessException => new RelayOpsException(
            $"'{path}' cannot be read", error.Message, "give yourself read access to it", ExitStatus.WrongUse, error),
        _ => new RelayOpsException($"reading '{path}' failed", error.Message, "check that disk, then run the same command again",
            ExitStatus.BadBackup, error),
    };
}
