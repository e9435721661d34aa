using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace RelayOps.Adapters.Tests.Archives;

/// <summary>Tar archives made block by block, hostile ones too.</summary>
internal sealed class TarBytes
{
    private readonly List<byte> output = [];

    public TarBytes File(string name, string content) => Entry(name, '0', Encoding.UTF8.GetBytes(content));

    public TarBytes File(string name, byte[] content) => Entry(name, '0', content);

    public TarBytes Directory(string name) => Entry(name, '5', []);

    public TarBytes Link(string name, string target) => Entry(name, '2', [], target);

    public TarBytes HardLink(string name, string target) => Entry(name, '1', [], target);

    public TarBytes Entry(string name, char type, byte[] content, string target = "", string? size = null, byte[]? binarySize = null)
    {
        var header = new byte[512];
        void Put(int offset, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header.AsSpan(offset));
        Put(0, name);
        Put(100, "0000644\0");
        Put(108, "0001747\0");
        Put(116, "0001747\0");
        Put(124, size ?? Convert.ToString(content.Length, 8).PadLeft(11, '0'));
        binarySize?.CopyTo(header.AsSpan(124));
        Put(136, "15044100000");
        Put(156, type.ToString());
        Put(157, target);
        Put(257, "ustar\0" + "00");
        for (var i = 148; i < 156; i++)
            header[i] = (byte)' ';
        Put(148, Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ");
        output.AddRange(header);
        output.AddRange(content);
        output.AddRange(new byte[(512 - (content.Length % 512)) % 512]);
        return this;
    }

    public TarBytes Raw(byte[] bytes)
    {
        output.AddRange(bytes);
        return this;
    }

    public byte[] Unfinished() => [.. output];

    public byte[] Finished() => [.. output, .. new byte[1024]];

    /// <summary>A PAX record with its own length in front.</summary>
    public static byte[] Pax(string key, string value)
    {
        var body = $" {key}={value}\n";
        var length = body.Length + 1;
        while ((length.ToString(CultureInfo.InvariantCulture) + body).Length != length)
            length++;
        return Encoding.UTF8.GetBytes(length.ToString(CultureInfo.InvariantCulture) + body);
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
