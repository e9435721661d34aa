using System.Buffers;
using System.Globalization;
using System.Text;

namespace RelayOps.Testing.Datasets;

/// <summary>Writes Redis commands as <c>redis-cli --pipe</c> takes them.</summary>
internal sealed class RespWriter(Stream output)
{
    private const int FlushAt = 256 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(FlushAt + 64 * 1024);

    /// <summary>Bytes written so far: about what the append-only file grows by.</summary>
    public long Written { get; private set; }

    public void Write(params ReadOnlySpan<string> words)
    {
        Raw($"*{words.Length.ToString(CultureInfo.InvariantCulture)}\r\n");
        foreach (var word in words)
        {
            Raw($"${Encoding.UTF8.GetByteCount(word).ToString(CultureInfo.InvariantCulture)}\r\n");
            Raw(word);
            Raw("\r\n");
        }
    }

    /// <summary>Words of any bytes.</summary>
    public void Write(params ReadOnlySpan<byte[]> words)
    {
        Raw($"*{words.Length.ToString(CultureInfo.InvariantCulture)}\r\n");
        foreach (var word in words)
        {
            Raw($"${word.Length.ToString(CultureInfo.InvariantCulture)}\r\n");
            buffer.Write(word);
            Written += word.Length;
            Raw("\r\n");
        }
    }

    /// <summary>Hands on what has gathered, where that is worth a call.</summary>
    public async Task FlushAsync(bool always, CancellationToken cancellationToken)
    {
        if (!always && buffer.WrittenCount < FlushAt)
            return;
        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
        buffer.ResetWrittenCount();
    }

    private void Raw(string text) => Written += Encoding.UTF8.GetBytes(text, buffer);
}
