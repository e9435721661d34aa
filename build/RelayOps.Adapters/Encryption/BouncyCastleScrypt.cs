using Org.BouncyCastle.Crypto.Generators;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Encryption;

/// <summary>scrypt by BouncyCastle.</summary>
public sealed class BouncyCastleScrypt : IScrypt
{
    public byte[] Derive(byte[] password, byte[] salt, ScryptCost cost, int length) =>
        SCrypt.Generate(password, salt, cost.Cost, cost.BlockSize, cost.Parallelism, length);
}
