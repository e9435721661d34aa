using RelayOps.Adapters.Drills;
using RelayOps.Core;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Machine;

/// <summary>What Doctor looks for on this machine.</summary>
public sealed record ThisMachineOptions
{
    /// <summary>The local store.</summary>
    public required string Directory { get; init; }

    public required string Compression { get; init; }

    public required bool CanCompress { get; init; }

    /// <summary>A path; null where none is named.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>The tool that encrypts as asked for, once it has sealed an empty text; null where nothing is encrypted.</summary>
    public required Func<CancellationToken, Task<string?>> TryEncryptionAsync { get; init; }

    /// <summary>Null where no server is reached by ssh.</summary>
    public LoginLook? Login { get; init; }
}

/// <summary>Looks at files, modes and programs of this machine.</summary>
public sealed class ThisMachine(ThisMachineOptions options) : IThisMachine
{
    private const int ArchiveMode = 0b110_000_000;

    public async Task<MachineFacts> LookAsync(CancellationToken cancellationToken)
    {
        var (tool, error) = await TryEncryptionAsync(cancellationToken);
        var exists = Directory.Exists(options.Directory);
        var names = exists ? Directory.EnumerateFileSystemEntries(options.Directory).ToList() : [];
        return new MachineFacts
        {
            Runtime = Environment.Version,
            Transport = options.Login?.Transport,
            Ssh = await FindSshAsync(cancellationToken),
            EncryptionTool = tool,
            EncryptionError = error,
            Compression = options.Compression,
            CanCompress = options.CanCompress,
            Directory = options.Directory,
            DirectoryExists = exists,
            IsWritable = await IsWritableAsync(NearestDirectory(options.Directory), cancellationToken),
            DirectoryMode = exists ? ModeOf(options.Directory) : null,
            HoldsOtherFiles = names.Any(path => !IsOurs(Path.GetFileName(path))),
            FreeBytes = new DriveInfo(NearestDirectory(options.Directory)).AvailableFreeSpace,
            OpenArchives = [.. names.Where(path => ArchiveName.Find(Path.GetFileName(path)) is not null && (ModeOf(path) & ~ArchiveMode) is > 0).Order(StringComparer.Ordinal)],
            IsClockSynchronised = await FindSynchronisedAsync(cancellationToken),
            Identity = options.IdentityFile is { } identity ? FileAt(identity) : null,
        };
    }

    public Task<LoginFacts> LookForLoginAsync(CancellationToken cancellationToken) =>
        (options.Login ?? throw new InvalidOperationException("no server is reached by ssh")).TakeAsync(cancellationToken);

    public void SetMode(string path, int mode) => Mend(path, () =>
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)mode);
    });

    public void MakeDirectory(string path, int mode) => Mend(path, () => _ = OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, (UnixFileMode)mode));

    internal static PrivateFile FileAt(string path) => new(path, File.Exists(path), File.Exists(path) ? ModeOf(path) : null);

    private static void Mend(string path, Action mend)
    {
        try
        {
            mend();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayOpsException($"cannot mend '{path}'", e.Message, "mend it by hand, as its owner", ExitStatus.Failed, e);
        }
    }

    /// <summary>Permission bits; null where the system has none.</summary>
    private static int? ModeOf(string path) => OperatingSystem.IsWindows() ? null : (int)File.GetUnixFileMode(path);

    private async Task<(string? Tool, RelayOpsException? Error)> TryEncryptionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await options.TryEncryptionAsync(cancellationToken), null);
        }
        catch (RelayOpsException error)
        {
            return (null, error);
        }
    }

    private static string NearestDirectory(string path)
    {
        var full = Path.GetFullPath(path);
        while (!Directory.Exists(full) && Path.GetDirectoryName(full) is { } parent)
            full = parent;
        return full;
    }

    /// <summary>Asked of the system: a test by writing would change something.</summary>
    private static async Task<bool> IsWritableAsync(string path, CancellationToken cancellationToken) =>
        OperatingSystem.IsWindows() || await Programs.FindOutputAsync("test", ["-w", path], cancellationToken) is not null;

    private static async Task<string?> FindSshAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            return await Programs.FindOutputAsync("ssh", ["-V"], cancellationToken) is null ? null : "ssh";
        return (await Programs.FindOutputAsync("sh", ["-c", "ssh -V 2>&1"], cancellationToken))?.Trim();
    }

    private static async Task<bool?> FindSynchronisedAsync(CancellationToken cancellationToken) =>
        (await Programs.FindOutputAsync("timedatectl", ["show", "--property", "NTPSynchronized", "--value"], cancellationToken))?.Trim() switch
        {
            "yes" => true,
            "no" => false,
            _ => null,
        };

    /// <summary>An archive, or what lies beside one.</summary>
    private static bool IsOurs(string name) => name.TrimStart('.').StartsWith(ArchiveName.Prefix, StringComparison.Ordinal) || ArchiveName.Find(name) is not null;
}
