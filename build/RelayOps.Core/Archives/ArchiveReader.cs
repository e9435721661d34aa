using System.Formats.Tar;

namespace RelayOps.Core.Archives;

/// <summary>
/// Reads an archive of ours or of the older scripts in one pass, and refuses hostile ones with a reason: it never writes,
/// holds names and a few blocks in memory, and ends at stated limits. Not for several threads.
/// </summary>
/// <remarks>Everything wrong with the archive itself is a <see cref="RelayOpsException"/> with <see cref="ExitStatus.BadBackup"/>;
/// a store that cannot be read throws its own errors.</remarks>
public sealed class ArchiveReader : IAsyncDisposable
{
    private readonly CountingStream source;
    private readonly EntryNames names;
    private readonly Stream? decompression;
    private readonly ReadAhead ahead;
    private readonly TarGuard guard;
    private readonly TarReader tar;

    private ArchiveReader(CountingStream source, ICompressionCodec? codec, ArchiveLimits limits)
    {
        this.source = source;
        Compression = codec?.Name;
        names = new EntryNames(limits);
        decompression = codec?.Decompress(source);
        ahead = new ReadAhead(decompression ?? source);
        guard = new TarGuard(ahead, limits, () => source.Total);
        tar = new TarReader(guard, leaveOpen: true);
    }

    /// <summary><c>gzip</c>, <c>zstd</c>, or null for a plain tar.</summary>
    public string? Compression { get; }

    /// <summary>Known after the first entry.</summary>
    public ArchiveLayout? Layout => names.Layout;

    /// <summary>Finds out what the archive is packed with. The source is left open.</summary>
    public static async Task<ArchiveReader> OpenAsync(
        Stream source, CodecSet codecs, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        var beginning = new byte[Math.Max(codecs.LongestMagic, 32)];
        var read = await source.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken);
        var known = beginning.AsMemory(0, read);
        if (read == 0)
            throw Bad("it is empty");
        if (Encryption(known.Span) is { } encryption)
            throw Bad($"it is encrypted with {encryption}");
        return new ArchiveReader(new CountingStream(known, source), codecs.FindByMagic(known.Span), limits);
    }

    /// <summary>The next entry, or null at the end, which has then been checked too. Unread content of the last one is passed over.</summary>
    public async Task<ArchiveEntry?> ReadNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (entry.Length != guard.Size)
                    throw new InvalidDataException($"two sizes are given for '{EntryPath.Shown(entry.Name)}'");
                if (names.Accept(entry) is { } accepted)
                    return accepted;
            }

            if (!guard.Ended)
                throw new InvalidDataException("it ends in the middle: it is truncated");
            await guard.CopyToAsync(Stream.Null, cancellationToken);
            // A source that decrypts tells at its own end alone whether all of it was authentic, and a codec may stop before that.
            await source.CopyToAsync(Stream.Null, cancellationToken);
            return null;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw Bad(Reason(exception), exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await tar.DisposeAsync();
        await ahead.DisposeAsync();
        await guard.DisposeAsync();
        if (decompression is not null)
            await decompression.DisposeAsync();
    }

    /// <summary>What the layers below throw at damaged input, and at nothing else.</summary>
    internal static bool IsDamage(Exception exception) => exception is InvalidDataException or EndOfStreamException or FormatException
        or ArgumentException or OverflowException or NotSupportedException;

    internal static RelayOpsException Bad(string why, Exception? inner = null) =>
        new("the archive cannot be used", why, "use another backup", ExitStatus.BadBackup, inner);

    internal static string Reason(Exception exception) => exception switch
    {
        EndOfStreamException => "it ends in the middle: it is truncated",
        InvalidDataException => exception.Message,
        _ => "a tar header in it is damaged",
    };

    private static string? Encryption(ReadOnlySpan<byte> beginning)
    {
        if (beginning.StartsWith("age-encryption.org/"u8) || beginning.StartsWith("-----BEGIN AGE"u8))
            return "age";
        // A PGP message begins with a session key packet (1 or 3), in the old or the new packet format.
        return beginning[0] is 0x84 or 0x85 or 0x86 or 0x8C or 0x8D or 0xC1 or 0xC3 || beginning.StartsWith("-----BEGIN PGP"u8)
            ? "gpg"
            : null;
    }
}
