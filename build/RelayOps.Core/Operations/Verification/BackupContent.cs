using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Encryption;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>What was found in an archive, before anything is made of it.</summary>
internal sealed class BackupContent
{
    /// <summary>Everything but the manifest, in the archive's order; hashes from level deep on.</summary>
    public List<ManifestEntry> Entries { get; } = [];

    public ArchiveLayout? Layout { get; set; }

    /// <summary>Null for archives of the older scripts.</summary>
    public Manifest? Manifest { get; set; }

    public string? ManifestSha256 { get; set; }

    /// <summary>What must be inside.</summary>
    public DeploymentParts Parts
    {
        get
        {
            try
            {
                return DeploymentPartsText.Parse(Manifest?.Only);
            }
            catch (RelayOpsException unknown)
            {
                throw Findings.Bad("manifest.json cannot be used", unknown.What);
            }
        }
    }

    /// <summary>Small files that are read as text, by path: <c>.env</c>, compose files, append-only manifests.</summary>
    public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, RdbSummary> Dumps { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, AofSummary> AppendOnly { get; } = new(StringComparer.Ordinal);

    public required AccountSecrets Secrets { get; init; }

    public ManifestEntry? Find(string path) => Entries.Find(entry => entry.Path == path);

    /// <summary>The file behind a path: itself, or the one that a hard link names.</summary>
    public string Resolve(string path) => Find(path) is { Kind: EntryKind.HardLink, Target: { } target } ? Resolve(target) : path;

    public RdbSummary GetDump(string path) => Dumps.GetValueOrDefault(Resolve(path)) ?? throw NotRead(path);

    public string GetText(string path) => Texts.GetValueOrDefault(Resolve(path)) ?? throw NotRead(path);

    /// <summary>A link to a file of another kind: its content was taken for something else, or for nothing.</summary>
    private static RelayOpsException NotRead(string path) =>
        Findings.Bad($"{path} in the archive cannot be used", "it is a link to a file that is something else");
}
