using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace RelayOps.Core.Encryption;

/// <summary>A secret as the relay stores it: AES-256-CBC, initialisation vector and ciphertext in hexadecimal.</summary>
internal sealed record SecretText(byte[] Iv, byte[] Ciphertext)
{
    private const int BlockBytes = 16;
    private const int IvLetters = 2 * BlockBytes;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>From <c>ivhex:cipherhex</c>; null for what is empty or was never encrypted. Damaged hexadecimal becomes a secret that nothing opens.</summary>
    public static SecretText? Find(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        return colon == IvLetters && IsHexadecimal(text[..colon]) ? Of(text[..colon], text[(colon + 1)..]) : null;
    }

    public static SecretText Of(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext) =>
        iv.Length == IvLetters && IsHexadecimal(iv) && IsHexadecimal(ciphertext)
            ? new SecretText(Convert.FromHexString(iv), Convert.FromHexString(ciphertext))
            : new SecretText([], []);

    /// <summary>Whether the key opens it to something that may have been a secret.</summary>
    public bool Opens(byte[] key)
    {
        if (Iv.Length != BlockBytes || Ciphertext.Length == 0 || Ciphertext.Length % BlockBytes != 0)
            return false;
        using var aes = Aes.Create();
        aes.Key = key;
        var plain = aes.DecryptCbc(Ciphertext, Iv, PaddingMode.None);
        try
        {
            // Padding checked by hand: with a wrong key it is wrong 255 times in 256, which is no exception.
            int padding = plain[^1];
            return padding is > 0 and <= BlockBytes && !plain.AsSpan()[^padding..].ContainsAnyExcept((byte)padding) && IsPrintable(plain.AsSpan()[..^padding]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(SecretText);

    private static bool IsPrintable(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return false;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var used) != OperationStatus.Done)
                return false;
            if (Rune.IsControl(rune) && rune.Value is not ('\t' or '\r' or '\n'))
                return false;
            text = text[used..];
        }

        return true;
    }

    private static bool IsHexadecimal(ReadOnlySpan<byte> text) =>
        text.Length % 2 == 0 && !text.ContainsAnyExcept(Digits);
}
