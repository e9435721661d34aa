using System.Security.Cryptography;
using System.Text;
using RelayOps.Adapters.Encryption;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Tests.Operations;

/// <summary>A dump with Claude accounts whose tokens are encrypted as the service does it.</summary>
internal static class AccountDump
{
    public static byte[] Of(params string[] encryptionKeys)
    {
        var dump = new List<byte>([.. "REDIS0010"u8, 0xFE, 0]);
        for (var i = 0; i < encryptionKeys.Length; i++)
        {
            dump.Add(4);
            Put(dump, $"claude:account:{i}");
            dump.Add(1);
            Put(dump, "accessToken");
            Put(dump, Encrypt("sk-ant-a-token-of-nobody", encryptionKeys[i]));
        }

        // A checksum of zeros means that Redis was told to write none.
        dump.AddRange([0xFF, .. new byte[8]]);
        return [.. dump];
    }

    private static string Encrypt(string text, string encryptionKey)
    {
        using var aes = Aes.Create();
        aes.Key = new BouncyCastleScrypt().Derive(
            Encoding.UTF8.GetBytes(encryptionKey), "salt"u8.ToArray(), ScryptCost.NodeDefault, 32);
        var iv = new byte[16];
        return $"{Convert.ToHexStringLower(iv)}:{Convert.ToHexStringLower(aes.EncryptCbc(Encoding.UTF8.GetBytes(text), iv))}";
    }

    /// <summary>Lengths from 64 to 16383 take two bytes.</summary>
    private static void Put(List<byte> dump, string text)
    {
        if (text.Length < 64)
            dump.Add((byte)text.Length);
        else
            dump.AddRange([(byte)(0x40 | (text.Length >> 8)), (byte)text.Length]);
        dump.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
