using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;

namespace RelayOps.Testing.Datasets;

/// <summary>Encrypts account secrets as the service does (its src/services/account): AES-256-CBC under scrypt(ENCRYPTION_KEY, salt of the kind).</summary>
public sealed class AccountSecrets(string encryptionKey)
{
    private readonly Dictionary<string, byte[]> keys = [];

    /// <summary><c>ivhex:cipherhex</c>.</summary>
    public string Encrypt(string salt, string secret)
    {
        if (!keys.TryGetValue(salt, out var key))
            keys[salt] = key = SCrypt.Generate(Encoding.UTF8.GetBytes(encryptionKey), Encoding.UTF8.GetBytes(salt), 16384, 8, 1, 32);
        var (iv, cipher) = Encrypt(key, secret);
        return $"{iv}:{cipher}";
    }

    /// <summary>Bedrock's way: sha256(ENCRYPTION_KEY), and iv and cipher text as JSON.</summary>
    public string EncryptBedrock(string json)
    {
        var (iv, cipher) = Encrypt(SHA256.HashData(Encoding.UTF8.GetBytes(encryptionKey)), json);
        return $$"""{"encrypted":"{{cipher}}","iv":"{{iv}}"}""";
    }

    /// <summary>Under what an API key is looked up in <c>apikey:hash_map</c>.</summary>
    public string HashOf(string apiKey) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(apiKey + encryptionKey)));

    private static (string Iv, string Cipher) Encrypt(byte[] key, string secret)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var iv = RandomNumberGenerator.GetBytes(16);
        return (Convert.ToHexStringLower(iv), Convert.ToHexStringLower(aes.EncryptCbc(Encoding.UTF8.GetBytes(secret), iv)));
    }
}
