using System.Collections.Immutable;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Operations.Usage;

namespace RelayOps.Adapters.Stores;

/// <summary><c>.relayops/usage.jsonl</c> beside the local store: a line for each run of <c>Usage</c> on each server. The owner's alone.</summary>
/// <param name="directory">Of the local store.</param>
/// <param name="mostBytes">When the file is larger, the older half of it goes: at half a kilobyte a line, some years of daily runs.</param>
public sealed class UsageHistoryFile(string directory, TimeProvider time, long mostBytes = 4 << 20) : IUsageHistory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string Location { get; } = Path.Combine(directory, ".relayops", "usage.jsonl");

    public async Task<ImmutableArray<UsageMeasurement>> ReadAsync(string serverId, CancellationToken cancellationToken)
    {
        if (!File.Exists(Location))
            return [];
        var lines = await File.ReadAllLinesAsync(Location, cancellationToken);
        return [.. lines.Select(UsageHistoryJson.Find).OfType<UsageMeasurement>().Where(one => one.ServerId == serverId).OrderBy(one => one.At)];
    }

    public async Task AppendAsync(UsageMeasurement measurement, CancellationToken cancellationToken)
    {
        try
        {
            CreatePrivate(Path.GetDirectoryName(Location)!);
            await using var held = await LockAsync(cancellationToken);
            var lines = File.Exists(Location) ? [.. await File.ReadAllLinesAsync(Location, cancellationToken)] : new List<string>();
            lines.Add(UsageHistoryJson.Write(measurement));
            await ReplaceAsync(Bounded(lines), cancellationToken);
        }
        catch (Exception exception) when (StoreErrors.IsFileError(exception))
        {
            throw new RelayOpsException("the usage history could not be written", exception.Message, $"see who may write {Location}, and whether its disk is full", ExitStatus.Failed, exception);
        }
    }

    private List<string> Bounded(List<string> lines)
    {
        var bytes = lines.Sum(line => Encoding.UTF8.GetByteCount(line) + 1L);
        return bytes <= mostBytes ? lines : lines[(lines.Count / 2)..];
    }

    /// <summary>A rename, so that whoever reads meanwhile sees the former file or this one.</summary>
    private async Task ReplaceAsync(List<string> lines, CancellationToken cancellationToken)
    {
        var partial = $"{Location}.{Guid.NewGuid():N}.partial";
        try
        {
            await using (var file = DurableFiles.CreateLocked(partial))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), cancellationToken);
                await file.FlushAsync(cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, Location, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Two runs at once would each keep the other's line out. A lock ends with its process, and its file stays.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Location + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }
        }
    }

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
