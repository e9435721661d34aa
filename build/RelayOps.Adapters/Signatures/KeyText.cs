using System.Text;

namespace RelayOps.Adapters.Signatures;

/// <summary>What was given: a key, where it lies, or which one of a keyring.</summary>
internal static class KeyText
{
    private const int FingerprintDigits = 40;

    private static readonly string[] PublicKeys = ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"];

    /// <summary>A text rather than a path.</summary>
    public static bool IsText(string value) => value.Contains('\n') || value.Contains("-----BEGIN", StringComparison.Ordinal)
        || value.Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipLast(1).Any(IsKeyType);

    /// <param name="workingDirectory">Where the operator stood.</param>
    public static string PathOf(string path, string workingDirectory) => Path.GetFullPath(
        path.StartsWith("~/", StringComparison.Ordinal) ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..] : path, workingDirectory);

    public static bool IsKeyType(string word) => PublicKeys.Any(type => word.StartsWith(type, StringComparison.Ordinal));

    public static bool IsFingerprint(string value) => value.Length == FingerprintDigits && value.All(char.IsAsciiHexDigit);

    /// <summary>Armoured, or binary: the first bit of every OpenPGP packet is set, and of no text.</summary>
    public static bool IsPgp(ReadOnlySpan<byte> key) => !key.IsEmpty && (key[0] >= 0x80 || Encoding.UTF8.GetString(key).Contains("-----BEGIN PGP ", StringComparison.Ordinal));
}
