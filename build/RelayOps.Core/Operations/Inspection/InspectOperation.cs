using System.Collections.Immutable;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Encryption;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Inspection;

/// <summary>Looks into a backup in one pass over what the store holds: nothing is unpacked, and no content is told.</summary>
public sealed class InspectOperation(VerifyTools tools)
{
    /// <param name="copies">Of one backup, the nearest first: the first good one is looked into.</param>
    /// <exception cref="RelayOpsException">None can be read or decrypted, or none is signed as demanded (<see cref="ExitStatus.BadBackup"/>).</exception>
    public Task<BackupInside> RunAsync(IReadOnlyList<CataloguedBackup> copies, CancellationToken cancellationToken) =>
        new NearestCopy(tools.Reporter).ReadAsync(copies, async copy =>
        {
            var (content, look) = await ReadAsync(copy, withDigests: false, cancellationToken);
            return Describe(copy.Backup, content, look);
        });

    /// <summary>The older of the two comes first, whichever was named first.</summary>
    /// <exception cref="RelayOpsException">As above.</exception>
    public async Task<InsideDifference> CompareAsync(
        IReadOnlyList<CataloguedBackup> one, IReadOnlyList<CataloguedBackup> other, CancellationToken cancellationToken)
    {
        var (older, newer) = one[0].Id < other[0].Id ? (one, other) : (other, one);
        return InsideDifference.Between(
            await SideAsync(older, withDigests: true, cancellationToken), await SideAsync(newer, withDigests: true, cancellationToken));
    }

    /// <exception cref="RelayOpsException">As above, or the server cannot be read.</exception>
    public async Task<InsideDifference> CompareAsync(
        IReadOnlyList<CataloguedBackup> copies, IHost host, InspectedDeployment deployment, CancellationToken cancellationToken)
    {
        var before = await SideAsync(copies, withDigests: false, cancellationToken);
        using var phase = tools.Reporter.Begin($"compare with {deployment.Survey.Path} on {host.Name}");
        return InsideDifference.Between(before, await InsideSide.OfAsync(host, deployment, cancellationToken));
    }

    private Task<InsideSide> SideAsync(IReadOnlyList<CataloguedBackup> copies, bool withDigests, CancellationToken cancellationToken) =>
        new NearestCopy(tools.Reporter).ReadAsync(copies, async copy =>
        {
            var (content, look) = await ReadAsync(copy, withDigests, cancellationToken);
            return InsideSide.Of(copy.Id, content, look);
        });

    private async Task<(BackupContent Content, DatasetLook? Look)> ReadAsync(
        CataloguedBackup backup, bool withDigests, CancellationToken cancellationToken)
    {
        await SignatureCheck.RequireAsync(backup.Backup, tools.TrustedSigners, cancellationToken);
        var looks = new DatasetLooks(withDigests);
        var encryption = backup.Backup.Encryption;
        var cipher = encryption is null ? null : tools.FindCipher(encryption) ?? throw OpenedArchive.Locked(backup.Id, encryption);
        using var phase = tools.Reporter.Begin($"look into {backup.Id}", backup.Backup.SizeBytes);
        await using var stored = await backup.Store.OpenAsync(backup.Backup, cancellationToken);
        await using var source = new SealedSource(stored, phase);
        var content = await ReadAsync(source, cipher, looks, cancellationToken);
        // What was read to its end need not be what was stored: not every change can be told from inside.
        ChecksumCheck.Require(backup.Backup, await source.FinishAsync(cancellationToken), source.Total, inner: null);
        return (content, looks.Find(content));
    }

    private async Task<BackupContent> ReadAsync(SealedSource source, IArchiveCipher? cipher, DatasetLooks looks, CancellationToken cancellationToken)
    {
        // Either leaves the source open.
        await using var plain = cipher is null ? new ReadAhead(source) : cipher.Open(source);
        var content = await new ContentReader(tools, VerificationLevel.Deep, ground: null, looks.Watch).ReadAsync(plain, cancellationToken);
        // To its very end, where a cipher tells whether all of it was authentic.
        await plain.CopyToAsync(Stream.Null, cancellationToken);
        return content;
    }

    private static BackupInside Describe(StoredBackup backup, BackupContent content, DatasetLook? look)
    {
        var manifest = content.Manifest;
        return new BackupInside
        {
            BackupId = backup.Id.ToString(),
            Archive = backup.Archive,
            Store = backup.Store,
            SizeBytes = backup.SizeBytes,
            Encrypted = backup.Encryption,
            Verified = (backup.Record?.Verified ?? VerificationLevel.None).ToString().ToLowerInvariant(),
            Pinned = backup.Record?.Pinned ?? false,
            CreatedAt = manifest?.CreatedAt,
            Tool = manifest?.Tool,
            Server = manifest?.Server,
            Only = manifest?.Only,
            Files = [.. content.Entries.Where(entry => entry.Kind != EntryKind.Directory).Select(Describe)],
            Redis = look is null ? null : Describe(look, manifest, backup.Id),
            Accounts = look?.Figures.Accounts ?? ImmutableSortedDictionary<string, long>.Empty,
            Images = manifest?.Images ?? [],
            HasKeyFingerprint = manifest?.EncryptionKeyFingerprint is not null,
            EnvironmentNames = [.. DotEnv.Parse(content.Texts.GetValueOrDefault(".env", "")).Values.Keys.Order(StringComparer.Ordinal)],
            Skipped = manifest?.Skipped ?? [],
            Notes = look?.Summary?.Notes ?? [],
        };
    }

    private static InsideFile Describe(ManifestEntry entry) => new(
        entry.Path, entry.Kind switch { EntryKind.HardLink => "hardLink", EntryKind.SymbolicLink => "symbolicLink", _ => "file" },
        entry.Size, entry.Mode, entry.UserId, entry.GroupId, entry.ModifiedAt, entry.Sha256);

    private static InsideDataset Describe(DatasetLook look, Manifest? manifest, BackupId id)
    {
        var (summary, madeAt) = (look.Summary!, (manifest?.CreatedAt ?? id.Time).ToUnixTimeMilliseconds());
        return new InsideDataset(
            manifest?.Redis?.RedisVersion ?? summary.RedisVersion, summary.Version, manifest?.Redis?.TakenBy, summary.Counts.Keys,
            summary.Counts.Databases.Values.Sum(database => database.Expiring),
            summary.Counts.Databases.ToImmutableSortedDictionary(database => database.Key, database => database.Value.Keys),
            [.. look.Figures.Prefixes.Select(prefix => new InsidePrefix(prefix.Prefix, prefix.Keys, prefix.Bytes, prefix.Expiring,
                (prefix.FirstExpiry - madeAt) / 1000, (prefix.LastExpiry - madeAt) / 1000))]);
    }
}
