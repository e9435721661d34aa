using RelayOps.Core.Archives;
using RelayOps.Core.Deployments;
using RelayOps.Core.Encryption;
using RelayOps.Core.Signatures;

namespace RelayOps.Core.Operations.Backup;

/// <summary>What the operator asked for.</summary>
public sealed record BackupRequest
{
    public required DeploymentParts Parts { get; init; }

    public required ICompressionCodec Codec { get; init; }

    /// <summary>On the codec's own scale; null for its default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Null for a plain archive.</summary>
    public IArchiveCipher? Cipher { get; init; }

    /// <summary>Signs the catalogue record; null where nobody does.</summary>
    public IRecordSigner? Signer { get; init; }

    /// <summary>Who asks: shown to whoever waits for the deployment meanwhile.</summary>
    public required LockOwner Owner { get; init; }

    /// <summary>How long to wait for another operation.</summary>
    public required TimeSpan LockWait { get; init; }

    /// <summary>How long Redis may take to save.</summary>
    public required TimeSpan RedisSaveTimeout { get; init; }

    /// <summary>On this machine, for what does not fit into memory.</summary>
    public required string SpoolDirectory { get; init; }

    /// <summary>Lifts the refusal of a backup that lost half of its keys or bytes.</summary>
    public bool AllowShrink { get; init; }

    /// <summary>Name and version of this tool, for the manifest.</summary>
    public required string Tool { get; init; }
}
