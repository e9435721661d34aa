using System.Collections.Immutable;
using RelayOps.Core.Archives;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Redis;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Usage;

/// <summary>The dump in a stored backup, read as far as it goes and no further, unless a signature is demanded: that is of all bytes.</summary>
internal sealed class StoredDump(VerifyTools tools)
{
    /// <summary>Keys by prefix, the largest first.</summary>
    /// <exception cref="RelayOpsException">The archive or its dump is damaged, or not signed as demanded (<see cref="ExitStatus.BadBackup"/>).</exception>
    public async Task<ImmutableArray<PrefixFigures>> SumAsync(CataloguedBackup backup, CancellationToken cancellationToken)
    {
        await SignatureCheck.RequireAsync(backup.Backup, tools.TrustedSigners, cancellationToken);
        var cipher = backup.Backup.Encryption is { } encryption ? tools.FindCipher(encryption) ?? throw OpenedArchive.Locked(backup.Id, encryption) : null;
        using var phase = tools.Reporter.Begin($"sum up the keys of backup {backup.Id}");
        await using var stored = await backup.Store.OpenAsync(backup.Backup, cancellationToken);
        await using var source = new SealedSource(stored, phase);
        var figures = await ReadAsync(source, cipher, cancellationToken) ?? throw Findings.Bad($"backup {backup.Id} holds no dump", "its catalogue record names keys");
        await SignatureCheck.RequireBytesAsync(backup.Backup, tools.TrustedSigners, source, cancellationToken);
        return figures.Prefixes;
    }

    private async Task<KeyFigures?> ReadAsync(SealedSource source, IArchiveCipher? cipher, CancellationToken cancellationToken)
    {
        // Either leaves the source open.
        await using var plain = cipher is null ? new ReadAhead(source) : cipher.Open(source);
        await using var reader = await ArchiveReader.OpenAsync(plain, tools.Codecs, tools.Limits, cancellationToken);
        while (await reader.ReadNextAsync(cancellationToken) is { } entry)
        {
            if (entry.Kind != Backups.EntryKind.File || EntryRoles.Of(entry.Path) != EntryRole.Dump)
                continue;
            var figures = new KeyFigures();
            await RdbReader.ReadAsync(entry.Content, figures, cancellationToken);
            if (tools.TrustedSigners is not null)
                await plain.CopyToAsync(Stream.Null, cancellationToken);
            return figures;
        }

        return null;
    }
}
