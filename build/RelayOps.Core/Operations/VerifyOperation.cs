using System.Collections.Immutable;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

/// <param name="Level">Quick, deep or drill.</param>
public sealed record VerifyRequest(StoredBackup Backup, VerificationLevel Level)
{
    /// <summary>Whether a drill starts the service as well as Redis.</summary>
    public bool StartsService { get; init; } = true;
}

/// <summary>Proves a backup good by reading what the store holds, once, from end to end.</summary>
public sealed class VerifyOperation(IBackupStore store, VerifyTools tools)
{
    /// <summary>How much larger an archive of the older scripts may be unpacked, by experience.</summary>
    private const long LegacyRatio = 12;

    /// <exception cref="RelayOpsException">It is missing, damaged or not what was stored (<see cref="ExitStatus.BadBackup"/>).</exception>
    public async Task<VerifiedBackup> RunAsync(VerifyRequest request, CancellationToken cancellationToken)
    {
        // First of all, since nothing of a stranger's archive is worth a look; and it says nothing about the bytes.
        var signedBy = await SignatureCheck.RequireAsync(request.Backup, tools.TrustedSigners, cancellationToken);
        try
        {
            return await ProveAsync(request, signedBy, cancellationToken);
        }
        catch (RelayOpsException damaged) when (damaged.Status == ExitStatus.BadBackup
            && request.Backup.Record is { Verified: > VerificationLevel.None } record
            && (request.Backup.Encryption is null || ChecksumCheck.Refused(request.Backup, damaged)))
        {
            // Of an encrypted one only what its checksum says: the rest may be somebody's wrong key.
            // Retention counts on what was verified once: on this one it must not count any more.
            await SaveAsync(request.Backup, record with { Verified = VerificationLevel.None, VerifiedAt = null, Drill = null }, cancellationToken);
            throw;
        }
    }

    /// <summary>Whoever may only read a store is to restore from it, and to hear of damage there: what was verified before need not be noted again.</summary>
    private async Task SaveAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await store.SaveRecordAsync(backup, record, cancellationToken);
        }
        catch (RelayOpsException e) when (backup.Record is { Verified: > VerificationLevel.None })
        {
            tools.Reporter.Warn($"store {store.Name} cannot note what was found of {backup.Id}: {e.Why}");
        }
    }

    private async Task<VerifiedBackup> ProveAsync(VerifyRequest request, string? signedBy, CancellationToken cancellationToken)
    {
        var started = tools.Time.GetTimestamp();
        var backup = request.Backup;
        await using var ground = await PrepareDrillAsync(request, cancellationToken);
        using var phase = tools.Reporter.Begin($"verify {backup.Id}", backup.SizeBytes);
        var drill = ground is null ? null : new DrillRun(tools, request, ground, tools.Time.GetTimestamp());
        await using var stored = await store.OpenAsync(backup, cancellationToken);
        await using var source = new SealedSource(stored, phase);

        var content = await ReadAsync(request, source, ground, cancellationToken);
        var sha256 = await source.FinishAsync(cancellationToken);
        ChecksumCheck.Require(backup, sha256, source.Total, inner: null);
        var findings = new Findings(isLegacy: content is { Manifest: null });
        foreach (var warning in ChecksumCheck.Warnings(backup))
            findings.Warn(warning);
        if (content is not null)
            Check(request, content, findings);
        else
            findings.Warn(SealedNote.For(backup, signedBy));
        if (drill is not null && content is not null)
            await DrillAsync(drill, content, findings, cancellationToken);

        var report = Report(request, content, findings) with
        {
            Sha256 = sha256,
            SizeBytes = source.Total,
            SignedBy = signedBy,
            Seconds = tools.Time.GetElapsedTime(started).TotalSeconds,
        };
        if (findings.DrilledBy is not null)
            report = await CertifyAsync(backup, report with { Drill = drill!.Certify(report, findings, tools.Witness ?? DrillRun.Nobody) }, cancellationToken);
        var secrets = content?.Secrets;
        return new VerifiedBackup(await NoteAsync(backup, report, cancellationToken), content?.Manifest, report)
        {
            FitsKey = key => secrets?.Check(key).KeyFits,
        };
    }

    private async Task<IDrillGround?> PrepareDrillAsync(VerifyRequest request, CancellationToken cancellationToken)
    {
        if (request.Level != VerificationLevel.Drill)
            return null;
        var drill = tools.Drill ?? throw new RelayOpsException(
            "cannot verify at level drill", "no Redis is at hand", "use --level deep", ExitStatus.WrongUse);
        return await drill.PrepareAsync(request.Backup.Record?.ContentBytes ?? request.Backup.SizeBytes * LegacyRatio, cancellationToken);
    }

    /// <summary>The archive is sound; now it shows whether it brings anything up.</summary>
    private static Task DrillAsync(DrillRun drill, BackupContent content, Findings findings, CancellationToken cancellationToken)
    {
        if (content.Parts.HasFlag(DeploymentParts.Redis))
            return drill.RunAsync(content, findings, cancellationToken);
        findings.Warn("it has no Redis data, so there is nothing to drill");
        return Task.CompletedTask;
    }

    /// <summary>Beside the archive where its store is a directory, else wherever certificates are kept.</summary>
    private async Task<VerificationReport> CertifyAsync(StoredBackup backup, VerificationReport report, CancellationToken cancellationToken) =>
        (store as ICertificateKeeper ?? tools.Certificates) is { } keeper
            ? report with { Certificate = await keeper.KeepAsync(backup, report.Drill!, cancellationToken) } : report;

    /// <returns>Null where the archive is encrypted and nothing here can decrypt it.</returns>
    private async Task<BackupContent?> ReadAsync(
        VerifyRequest request, SealedSource source, IDrillGround? ground, CancellationToken cancellationToken)
    {
        var cipher = request.Backup.Encryption is { } encryption ? tools.FindCipher(encryption) : null;
        if (request.Backup.Encryption is not null && cipher is null)
            return null;
        try
        {
            await using var ahead = new ReadAhead(source);
            await using var plain = cipher is null ? (Stream)ahead : cipher.Open(ahead);
            return await new ContentReader(tools, request.Level, ground).ReadAsync(plain, cancellationToken);
        }
        catch (RelayOpsException exception) when (exception.LacksKey)
        {
            // Nothing here was meant for it, as little as where nothing was given; what the store holds is read all the same.
            return null;
        }
        catch (RelayOpsException exception) when (exception.Status == ExitStatus.BadBackup)
        {
            // Damage of the stored file explains whatever was met inside, so it is what people should hear of first.
            ChecksumCheck.Require(request.Backup, await source.FinishAsync(cancellationToken), source.Total, exception);
            throw;
        }
    }

    private void Check(VerifyRequest request, BackupContent content, Findings findings)
    {
        if (content.Manifest is { } manifest)
        {
            if (request.Backup.Record is { } record && record.ManifestSha256 != content.ManifestSha256)
                throw Findings.Bad("manifest.json in the archive is not as it was backed up", "its sha256 is not that of the catalogue record");
            ManifestCheck.Require(content, manifest, request.Backup.Id);
        }
        else if (request.Backup.Record is not null)
        {
            throw Findings.Bad("manifest.json is missing", "the backup has a catalogue record, so its archive must have a manifest");
        }
        else
        {
            findings.Warn("it has no manifest, as archives of the older scripts: its files cannot be compared with what they were");
        }

        if (content.Manifest?.Only is { } only)
            findings.Warn($"it was made with --only {only}: it cannot bring back a whole deployment");
        if (content.Parts.HasFlag(DeploymentParts.Redis))
            CheckDataset(request, content, findings);
        if (content.Parts.HasFlag(DeploymentParts.Config) && request.Level >= VerificationLevel.Deep)
            new ConfigurationCheck(content, findings, tools.Compose).Require();
    }

    private static void CheckDataset(VerifyRequest request, BackupContent content, Findings findings)
    {
        var check = new DatasetCheck(content, findings);
        check.RequirePresent();
        if (request.Level >= VerificationLevel.Deep)
            check.RequireLoadable();
    }

    private static VerificationReport Report(VerifyRequest request, BackupContent? content, Findings findings) => new()
    {
        Level = content is null ? VerificationLevel.Sealed
            : request.Level == VerificationLevel.Drill && findings.DrilledBy is null ? VerificationLevel.Deep : request.Level,
        Sha256 = "",
        SizeBytes = 0,
        Seconds = 0,
        Warnings = [.. findings.Warnings],
        Files = content?.Entries.Count(entry => entry.Kind == EntryKind.File) ?? 0,
        ContentBytes = content?.Entries.Sum(entry => entry.Size) ?? 0,
        Counts = findings.Counts,
        TornBytes = findings.TornBytes.ToImmutableSortedDictionary(),
        DecryptedSecrets = findings.DecryptedSecrets,
        DrilledBy = findings.DrilledBy,
    };

    /// <summary>A higher level that was reached before stays: the bytes are the same.</summary>
    private async Task<StoredBackup> NoteAsync(StoredBackup backup, VerificationReport report, CancellationToken cancellationToken)
    {
        if (backup.Record is not { } record)
            return backup;
        var noted = record with
        {
            Verified = report.Level > record.Verified ? report.Level : record.Verified,
            Drill = report.Drill?.Facts ?? record.Drill,
            VerifiedAt = tools.Time.GetUtcNow(),
        };
        await SaveAsync(backup, noted, cancellationToken);
        return backup with { Record = noted };
    }
}
