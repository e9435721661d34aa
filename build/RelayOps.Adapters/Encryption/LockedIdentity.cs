using System.Buffers.Binary;
using System.Text;
using RelayOps.Core;

namespace RelayOps.Adapters.Encryption;

/// <summary>
/// Identities that a passphrase locks. age asks for it on a terminal alone, each time an archive is opened and perhaps where nobody looks: such a
/// one is refused before anything is begun.
/// </summary>
internal static class LockedIdentity
{
    /// <summary>No key is larger.</summary>
    private const int LongestKey = 1 << 16;

    private const string OpenSshBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";

    /// <param name="identity">A path or a text; a path that leads nowhere is told by whoever opens it.</param>
    /// <exception cref="RelayOpsException">It is locked (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static void Refuse(string identity)
    {
        var key = identity.Contains('\n') ? identity : Read(identity);
        if (key.StartsWith("age-encryption.org/", StringComparison.Ordinal) || key.Contains("-----BEGIN AGE ENCRYPTED FILE-----", StringComparison.Ordinal))
            throw Locked("unlock it for this run alone: IDENTITY=\"$(age -d FILE)\" ./build.sh … asks once and writes nothing");
        if (IsLockedSshKey(key))
            throw Locked("give an unlocked copy that no disk keeps: cp KEY /dev/shm/key && ssh-keygen -p -N '' -f /dev/shm/key, and remove it afterwards");
    }

    private static RelayOpsException Locked(string next) =>
        new("cannot use --identity", "it is locked with a passphrase, which age asks for on a terminal alone", next, ExitStatus.WrongUse);

    /// <summary>A pipe can be read once, by age.</summary>
    private static string Read(string path)
    {
        if (!File.Exists(path))
            return "";
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        if (!file.CanSeek)
            return "";
        var bytes = new byte[LongestKey];
        return Encoding.Latin1.GetString(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
    }

    private static bool IsLockedSshKey(string key)
    {
        if (key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal) || key.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal))
            return true;
        var begin = key.IndexOf(OpenSshBegin, StringComparison.Ordinal);
        return begin >= 0 && CipherOf(key[(begin + OpenSshBegin.Length)..]) is not (null or "none");
    }

    /// <summary>Behind the magic word comes the cipher's name, its length in front. Source: PROTOCOL.key of OpenSSH.</summary>
    private static string? CipherOf(string armoured)
    {
        var magic = "openssh-key-v1\0"u8;
        var base64 = armoured.Split("-----")[0];
        var blob = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, blob, out var length) || !blob.AsSpan().StartsWith(magic) || length < magic.Length + 4)
            return null;
        var named = blob.AsSpan(magic.Length, length - magic.Length);
        var size = BinaryPrimitives.ReadUInt32BigEndian(named);
        return size <= named.Length - 4 ? Encoding.ASCII.GetString(named.Slice(4, (int)size)) : null;
    }
}
