using System.Formats.Tar;
using System.Text;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Tests.Backups;
using RelayOps.Core.Tests.Redis;

namespace RelayOps.Core.Tests.Archives;

/// <summary>Whatever an archive holds, its readers answer, or refuse it with exit 4.</summary>
public class ParserFuzzTests
{
    private const int Rounds = 10_000;

    [Fact]
    public void ManifestJson_refuses_damaged_manifests_and_nothing_else() => FuzzRun.Try([ManifestJson.Write(ManifestJsonTests.Sample)], Rounds, bytes =>
    {
        if (Refused(() => ManifestJson.Read(bytes)) is { } manifest)
            ManifestJson.Write(manifest);
    });

    [Fact]
    public void DotEnv_reads_any_text() => FuzzRun.Try(
        ["export A='1'\nB=\"x\\n\\\"y\"\n# c\n\nC: d # e\nD"u8.ToArray(), "A=\"two\nlines\"\r\nB=${A}\n"u8.ToArray()], Rounds, bytes =>
    {
        var text = Encoding.UTF8.GetString(bytes);
        var env = DotEnv.Parse(text);
        Assert.All(env.BadLines, line => Assert.InRange(line, 1, text.Count(c => c == '\n') + 1));
    });

    [Fact]
    public void EntryPath_never_lets_a_name_out() => FuzzRun.Try(
        ["./a/../b//c/."u8.ToArray(), "/etc/passwd"u8.ToArray(), "a/b/..\\..\\c"u8.ToArray(), "../../x"u8.ToArray()], Rounds, bytes =>
    {
        var path = EntryPath.Normalise(Encoding.UTF8.GetString(bytes), out var problem);
        Assert.True(problem is not null || Path.GetFullPath("/top/" + path).StartsWith("/top", StringComparison.Ordinal));
        Assert.DoesNotContain("..", path.Split('/'));
    });

    [Fact]
    public void ArchiveReader_refuses_damaged_archives_and_nothing_else() => FuzzRun.Try([Sample(TarEntryFormat.Gnu), Sample(TarEntryFormat.Pax)], Rounds, bytes =>
    {
        Mend(bytes);
        Refused(() => ReadAllAsync(bytes).GetAwaiter().GetResult());
    });

    private static T? Refused<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (RelayOpsException exception) when (exception.Status == ExitStatus.BadBackup)
        {
            return null;
        }
    }

    private static async Task<List<string>> ReadAllAsync(byte[] bytes)
    {
        var limits = new ArchiveLimits { Entries = 100, ContentBytes = 1 << 20 };
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(bytes), new CodecSet([]), limits, default);
        var paths = new List<string>();
        while (await reader.ReadNextAsync(default) is { } entry)
        {
            Assert.StartsWith("/top", Path.GetFullPath("/top/" + entry.Path), StringComparison.Ordinal);
            await entry.Content.CopyToAsync(Stream.Null);
            paths.Add(entry.Path);
        }

        return paths;
    }

    private static byte[] Sample(TarEntryFormat format)
    {
        using var output = new MemoryStream();
        using (var tar = new TarWriter(output, format, leaveOpen: true))
        {
            TarEntry Entry(TarEntryType type, string name) =>
                format == TarEntryFormat.Gnu ? new GnuTarEntry(type, name) : new PaxTarEntry(type, name);
            tar.WriteEntry(Entry(TarEntryType.Directory, "top/"));
            var file = Entry(TarEntryType.RegularFile, "top/.env");
            file.DataStream = new MemoryStream("A=1\n"u8.ToArray());
            tar.WriteEntry(file);
            var link = Entry(TarEntryType.SymbolicLink, "top/data/link");
            link.LinkName = "../logs";
            tar.WriteEntry(link);
            tar.WriteEntry(Entry(TarEntryType.RegularFile, "top/" + string.Join('/', Enumerable.Repeat("long-name", 20))));
            var hard = Entry(TarEntryType.HardLink, "top/twin");
            hard.LinkName = "top/.env";
            tar.WriteEntry(hard);
        }

        return output.ToArray();
    }

    /// <summary>Puts the checksum of each header right again: otherwise it alone would refuse every damaged one.</summary>
    private static void Mend(byte[] bytes)
    {
        for (var block = 0; block + 512 <= bytes.Length; block += 512)
        {
            var header = bytes.AsSpan(block, 512);
            if (!header.Slice(257, 5).SequenceEqual("ustar"u8))
                continue;
            header.Slice(148, 8).Fill((byte)' ');
            var sum = 0;
            foreach (var value in header)
                sum += value;
            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
        }
    }
}
