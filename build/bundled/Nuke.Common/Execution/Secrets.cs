using System.Security.Cryptography;
using System.Text;

namespace Nuke.Common.Execution;

/// <summary>Opens what <c>nuke :secrets</c> writes into parameter files: AES under a key derived from the profile's password.</summary>
internal static class Secrets
{
    private const int Iterations = 10_000;

    private static readonly byte[] Salt = [0x49, 0x76, 0x61, 0x6e, 0x20, 0x4d, 0x65, 0x64, 0x76, 0x65, 0x64, 0x65, 0x76];

    public static string Decrypt(string cipherText, string profile, string name)
    {
        try
        {
            var material = Rfc2898DeriveBytes.Pbkdf2(PasswordOf(profile), Salt, Iterations, HashAlgorithmName.SHA256, 48);
            using var aes = Aes.Create();
            aes.Key = material[..32];
            var clear = aes.DecryptCbc(Convert.FromBase64String(cipherText[3..]), material[32..]);
            return Encoding.UTF8.GetString(clear);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            throw new InvalidOperationException($"Could not decrypt '{name}' with provided password");
        }
    }

    /// <summary>From <c>PARAMS_KEY</c>, or <c>PARAMS_STAGING_KEY</c> for the profile staging.</summary>
    private static string PasswordOf(string profile)
    {
        var infix = string.Concat(profile.Replace("$default", string.Empty, StringComparison.Ordinal).Where(char.IsLetterOrDigit));
        return ParameterService.Get<string>($"PARAMS{infix}KEY".ToUpperInvariant()) ?? string.Empty;
    }
}
