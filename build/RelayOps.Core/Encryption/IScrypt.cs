namespace RelayOps.Core.Encryption;

/// <param name="Cost">N, a power of two.</param>
/// <param name="BlockSize">r.</param>
/// <param name="Parallelism">p.</param>
public sealed record ScryptCost(int Cost, int BlockSize, int Parallelism)
{
    /// <summary>What Node.js takes when nobody says otherwise: 16 MiB of memory.</summary>
    public static readonly ScryptCost NodeDefault = new(16384, 8, 1);
}

/// <summary>The key derivation of RFC 7914, which the runtime lacks.</summary>
public interface IScrypt
{
    /// <returns><paramref name="length"/> bytes; the caller erases them.</returns>
    byte[] Derive(byte[] password, byte[] salt, ScryptCost cost, int length);
}
