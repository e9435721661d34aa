using System.Globalization;

namespace RelayOps.Adapters.Drills;

/// <summary>Where a drill unpacks: in memory where there is room, so that the plaintext of an encrypted backup touches no disk.</summary>
internal static class DrillRoom
{
    /// <summary>What is unpacked, what Redis saves or rewrites beside it, and what it has in memory.</summary>
    private const long Copies = 3;

    private const long Spare = 64L << 20;

    public static string Choose(RedisServerDrillOptions options, long contentBytes)
    {
        var needed = contentBytes * Copies + Spare;
        return Directory.Exists(options.Memory) && new DriveInfo(options.Memory).AvailableFreeSpace >= needed && AvailableMemory() / 2 >= needed
            ? options.Memory : options.Directory;
    }

    /// <summary>Bytes; 0 where the system does not say.</summary>
    private static long AvailableMemory()
    {
        const string file = "/proc/meminfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibibytes, ..]
            && long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number << 10 : 0;
    }
}
