using System.Security.Cryptography;
using System.Text;

namespace RelayOps.Core.Backups;

/// <summary>Tells whether two ENCRYPTION_KEYs are the same without telling the key.</summary>
/// <remarks>
/// PBKDF2-HMAC-SHA256 under a salt of its own, so that a leaked fingerprint is no quicker to guess from than the service's own scrypt.
/// Form: <c>pbkdf2-sha256$iterations$salt$digest</c>, the last two in hex.
/// </remarks>
public static class KeyFingerprint
{
    private const string Scheme = "pbkdf2-sha256";
    private const int Iterations = 200_000;

    /// <param name="serverId">Salts the fingerprint: the same server and key give the same text, so that equal backups are equal.</param>
    public static string Of(string encryptionKey, string serverId) =>
        Compute(encryptionKey, SHA256.HashData(Encoding.UTF8.GetBytes($"relayops {serverId}"))[..16], Iterations);

    /// <summary>False too when the fingerprint has a form this version does not know.</summary>
    public static bool Matches(string fingerprint, string encryptionKey)
    {
        var parts = fingerprint.Split('$');
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], out var iterations) || iterations is < 1 or > 10_000_000)
            return false;
        if (parts[2].Length is 0 or > 128 || parts[2].Length % 2 != 0 || !parts[2].All(char.IsAsciiHexDigit))
            return false;
        var computed = Compute(encryptionKey, Convert.FromHexString(parts[2]), iterations);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(computed), Encoding.ASCII.GetBytes(fingerprint));
    }

    private static string Compute(string encryptionKey, byte[] salt, int iterations)
    {
        var digest = Rfc2898DeriveBytes.Pbkdf2(encryptionKey, salt, iterations, HashAlgorithmName.SHA256, 16);
        return $"{Scheme}${iterations}${Convert.ToHexStringLower(salt)}${Convert.ToHexStringLower(digest)}";
    }
}
