using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using RelayOps.Core;
using RelayOps.Core.Archives;

namespace RelayOps.Adapters.Archives;

/// <summary>Zstandard by the system's <c>zstd</c>, for builds without a library for it.</summary>
/// <param name="program">Its name or path.</param>
public sealed class ZstdProgram(string program) : ICompressionCodec
{
    /// <summary>zstd's own default.</summary>
    private const int DefaultLevel = 3;

    public string Name => "zstd";

    public string Extension => ".zst";

    public bool IsAvailable => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, program)));

    public ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    /// <param name="level">1 to 19; null for 3.</param>
    public Stream Compress(Stream destination, int? level) =>
        // Two threads: the packing beside them takes little, and the output does not depend on the number.
        new ZstdCompression(Start($"-{(level ?? DefaultLevel).ToString(CultureInfo.InvariantCulture)}", "-T2"), destination);

    // 128 MiB of window is what every zstd decompresses without being told to; an archive that wants more is refused.
    public Stream Decompress(Stream source) => new ZstdDecompression(Start("-d", "--memory=128MB"), source);

    private Process Start(string mode, string option)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { mode, option, "-q", "-c" },
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new RelayOpsException("cannot use zstd", $"no program '{program}' was found",
                "install it (apt-get install zstd), or use --compression gzip", ExitStatus.WrongUse, exception);
        }
    }
}
