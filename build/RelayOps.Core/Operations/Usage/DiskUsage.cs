using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Usage;

/// <summary>Something in the deployment's directory and what it takes on the disk.</summary>
/// <param name="Name">As in the directory, e.g. <c>redis_data.bak.20250805_142530</c>.</param>
/// <param name="Bytes">As <c>du</c> counts; null where nobody may read all of it.</param>
public sealed record UsedSpace(string Name, long? Bytes);

/// <summary>A file system, in bytes.</summary>
public sealed record DiskSpace(long TotalBytes, long UsedBytes, long FreeBytes);

/// <summary>Sizes of everything in the deployment's directory, as <c>du</c> sees them.</summary>
/// <param name="Entries">The largest first.</param>
public sealed record DiskUsage(DiskSpace Disk, ImmutableArray<UsedSpace> Entries)
{
    /// <summary>GNU and busybox alike. A name with a line end is shown with a question mark for it.</summary>
    private const string Script = """
        cd "$1" || exit 66
        printf 'disk %s\n' "$(df -Pk . | awk 'END { print $2, $3, $4 }')"
        for f in ./* ./.[!.]* ./..?*; do
          [ -e "$f" ] || [ -L "$f" ] || continue
          if said=$(du -sk "$f" 2>/dev/null); then size=${said%%[!0-9]*}; else size=closed; fi
          printf 'entry %s %s\n' "$size" "$(printf '%s' "${f#./}" | tr '\n' '?')"
        done
        exit 0
        """;

    public static HostCommand Command(string path) => HostCommand.ReadingScript(Script, path);

    public static HostCommand EntryCommand(FileRoute route) => route.Run(HostCommand.Reading("du", "-sk", route.Root));

    /// <summary>What the user may not read is asked for once more, by the ways that may.</summary>
    /// <exception cref="RelayOpsException">The directory cannot be listed (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<DiskUsage> TakeAsync(IHost host, ServerSurvey survey, AccessRoutes routes, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(Command(survey.Path), cancellationToken);
        var usage = Parse(result.Output) ?? throw new RelayOpsException($"cannot measure {survey.Path} on {host.Name}",
            Reporting.FirstLine.Of(result.Exit.Error), "check who may read the directory", ExitStatus.WrongUse);
        var entries = ImmutableArray.CreateBuilder<UsedSpace>();
        foreach (var entry in usage.Entries)
            entries.Add(entry.Bytes is null ? entry with { Bytes = await MeasureAsync(host, $"{survey.Path}/{entry.Name}", routes, cancellationToken) } : entry);
        return usage with { Entries = Sorted(entries) };
    }

    /// <summary>Null for what is no such output.</summary>
    public static DiskUsage? Parse(string output)
    {
        DiskSpace? disk = null;
        var entries = new List<UsedSpace>();
        foreach (var line in output.Split('\n'))
        {
            if (line.Split(' ') is ["disk", var total, var used, var free])
                disk = new DiskSpace(Kibibytes(total) ?? 0, Kibibytes(used) ?? 0, Kibibytes(free) ?? 0);
            else if (line.Split(' ', 3) is ["entry", var size, var name])
                entries.Add(new UsedSpace(name, Kibibytes(size)));
        }

        return disk is null ? null : new DiskUsage(disk, Sorted(entries));
    }

    private static async Task<long?> MeasureAsync(IHost host, string path, AccessRoutes routes, CancellationToken cancellationToken)
    {
        foreach (var route in routes.To(path).Skip(1))
        {
            var result = await host.RunAsync(EntryCommand(route), cancellationToken);
            if (result.Succeeded && Kibibytes(result.Output.Split('\t', ' ')[0]) is { } bytes)
                return bytes;
        }

        return null;
    }

    private static ImmutableArray<UsedSpace> Sorted(IEnumerable<UsedSpace> entries) =>
        [.. entries.OrderByDescending(entry => entry.Bytes ?? -1).ThenBy(entry => entry.Name, StringComparer.Ordinal)];

    private static long? Kibibytes(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : null;
}
