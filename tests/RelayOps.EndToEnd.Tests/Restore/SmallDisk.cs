using RelayOps.Testing.Processes;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>A file system of a few megabytes, until it is disposed.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    public static async Task<SmallDisk> MountAsync(string path, int megabytes)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Shell.RunAsRootAsync("sh", ["-c", "mkdir -p \"$1\" && mount -t tmpfs -o \"size=$2m,mode=755\" relayops-test \"$1\"", "sh", path, $"{megabytes}"], patience.Token);
        return new SmallDisk(path);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Shell.RunAsRootAsync("sh", ["-c", "umount -l \"$1\" && rmdir \"$1\"", "sh", _path], patience.Token);
    }
}
