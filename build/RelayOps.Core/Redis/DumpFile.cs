using System.Globalization;
using System.Text;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Redis;

/// <summary>The dump Redis saved, opened on the server: whatever is saved over it later, this one is read to its end.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="Tools">Compressors on that side, e.g. <c>gzip</c>.</param>
public sealed record DumpFile(long Size, DateTimeOffset ModifiedAt, IReadOnlySet<string> Tools) : IAsyncDisposable
{
    /// <summary>What comes before the server is told how to send the rest: enough to measure a link by.</summary>
    public const int SampleBytes = 4 << 20;

    /// <summary>
    /// Prints a line of facts and the sample, then waits to be told a codec and sends the rest through it. One command for all of it,
    /// since a dump may be replaced between two.
    /// </summary>
    private const string Script = """
        exec 3<"$1" || exit 66
        tools=
        for t in zstd gzip; do if command -v "$t" >/dev/null 2>&1; then tools="$tools $t"; fi; done
        printf '%s%s\n' "$(stat -L -c '%s %Y' /proc/self/fd/3)" "$tools"
        dd bs=65536 count=64 <&3 2>/dev/null
        IFS= read -r codec || exit 67
        case $codec in
          none) exec cat <&3 ;;
          gzip) exec gzip -1 -c <&3 ;;
          zstd) exec zstd -q -1 -c <&3 ;;
        esac
        """;

    private IRunningCommand Running { get; init; } = null!;

    /// <summary>The sample first; after <see cref="ContinueAsync"/> the rest.</summary>
    public Stream Output => Running.Output;

    public static HostCommand Command(FileRoute route) => route.Run(HostCommand.ReadingScript(Script, route.Root));

    /// <summary>Null when this way does not lead to the file.</summary>
    public static async Task<DumpFile?> FindAsync(IHost host, FileRoute route, CancellationToken cancellationToken)
    {
        var running = await host.StartAsync(Command(route), cancellationToken);
        try
        {
            var facts = (await ReadLineAsync(running.Output, cancellationToken)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (facts.Length >= 2 && long.TryParse(facts[0], CultureInfo.InvariantCulture, out var size)
                && long.TryParse(facts[1], CultureInfo.InvariantCulture, out var modified))
                return new DumpFile(size, DateTimeOffset.FromUnixTimeSeconds(modified), facts[2..].ToHashSet()) { Running = running };
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }

        await running.DisposeAsync();
        return null;
    }

    public async Task ContinueAsync(string codec, CancellationToken cancellationToken)
    {
        try
        {
            await Running.Input.WriteAsync(Encoding.ASCII.GetBytes(codec + "\n"), cancellationToken);
            await Running.Input.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            // It has ended: what is missing of the dump is noticed by whoever reads it.
        }
    }

    public Task<CommandExit> WaitAsync(CancellationToken cancellationToken) => Running.WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => Running.DisposeAsync();

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count < 256 && await stream.ReadAsync(one, cancellationToken) == 1 && one[0] != '\n')
            line.Add(one[0]);
        return Encoding.ASCII.GetString([.. line]);
    }
}
