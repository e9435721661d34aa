namespace RelayOps.Core.Encryption;

/// <summary>Encrypts archives and decrypts them, as streams: no plaintext is written anywhere on the way.</summary>
/// <remarks>
/// Errors are <see cref="RelayOpsException"/>: <see cref="ExitStatus.WrongUse"/> where the tool is missing or refuses a recipient,
/// <see cref="ExitStatus.BadBackup"/> where the ciphertext is damaged or what was given does not open it.
/// </remarks>
public interface IArchiveCipher
{
    /// <summary><c>age</c> or <c>gpg</c>, as in the catalogue record.</summary>
    string Name { get; }

    /// <summary>Behind the name of the plain archive: <c>.age</c> or <c>.gpg</c>.</summary>
    string Extension { get; }

    /// <summary>Encrypts what is written. Disposing ends the ciphertext and leaves <paramref name="destination"/> open.</summary>
    Stream Seal(Stream destination);

    /// <summary>Decrypts what is read. Leaves <paramref name="source"/> open.</summary>
    /// <remarks>What was read is authentic only once the stream has come to its end: read it to there before using anything.</remarks>
    Stream Open(Stream source);
}
