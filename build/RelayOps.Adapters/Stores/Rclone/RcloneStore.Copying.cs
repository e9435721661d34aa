using System.Collections.Immutable;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>How a backup gets there.</summary>
public sealed partial class RcloneStore
{
    public async Task<StoredBackup> PutAsync(CataloguedBackup source, CancellationToken cancellationToken)
    {
        var backup = source.Backup;
        var record = backup.Record ?? throw new RelayOpsException($"{backup.Archive} is not copied to store {Name}", "it has no catalogue record",
            "make a backup with the Backup target", ExitStatus.BadBackup);
        await RequireAdmissionAsync(backup.Encryption is not null, cancellationToken);
        var name = NameOf(backup);
        var there = await FilesAsync(cancellationToken);
        ImmutableArray<ArchiveName> former = [.. ArchivesIn(there).Where(other => other.Base == name.Base && other != name)];
        var isThere = await IsWholeAsync(there, name.FileName, record, cancellationToken);
        if (former.Length > 0 || (!isThere && !FilesOf(name.FileName, there).IsEmpty))
            await RefuseAnothersAsync(name, former, record, cancellationToken);
        if (!isThere)
            await BringAsync(source, name, there, cancellationToken);
        // Encrypted anew since: what the former key opens goes once the other is there. So do parts, where the archive is there in one piece.
        var parts = isThere || record.SizeBytes <= LargestFile ? NamesOf(name.FileName, there).Remove(name.FileName) : [];
        foreach (var file in former.SelectMany(other => NamesOf(other.FileName, there)).Concat(parts))
            await RemoveAsync(file, cancellationToken);
        return Describe(name, record);
    }

    private async Task BringAsync(CataloguedBackup source, ArchiveName name, ImmutableArray<RcloneFile> there, CancellationToken cancellationToken)
    {
        if (source.Backup.Record!.SizeBytes > LargestFile)
            await PutPartsAsync(source, name, there, cancellationToken);
        else
            await PutFileAsync(source, name, there, cancellationToken);
        await RemoveLeftoversAsync(name, there, cancellationToken);
    }

    private async Task PutFileAsync(CataloguedBackup source, ArchiveName name, ImmutableArray<RcloneFile> there, CancellationToken cancellationToken)
    {
        var record = source.Backup.Record!;
        var partial = PartialPrefix + name.FileName;
        // Sent to its end by a run that was stopped before it had its name.
        var isProven = await IsWholeAsync(there, partial, record, cancellationToken);
        try
        {
            if (!isProven)
                await SendAsync(source, partial, cancellationToken);
            isProven = isProven || await HasAsync(partial, record.Sha256, cancellationToken);
            if (!isProven)
                throw new RelayOpsException($"{name.FileName} did not arrive whole in store {Name}", "its checksum there is another one", "run the same command again");
            await WriteAsync(name.Checksum, LocalDirectoryStore.ChecksumLine(record), cancellationToken);
            await WriteAsync(name.Record, CatalogueJson.Write(record), cancellationToken);
            await RenameAsync(partial, name.FileName, cancellationToken);
        }
        catch when (!isProven)
        {
            await TryRemoveAsync(partial);
            throw;
        }
    }

    /// <summary>Over whatever has the name: rclone by itself takes a file of the same size for the same one where a remote tells nothing else, and removes what was sent.</summary>
    private Task RenameAsync(string partial, string name, CancellationToken cancellationToken) =>
        DemandAsync($"name {name} in", ["moveto", "--ignore-times", program.PathOf(partial), program.PathOf(name)], cancellationToken);

    /// <summary>What has the name is an older or damaged copy of this backup, or another server's backup of the same second, which nobody may write over.</summary>
    /// <param name="former">Archives of the same second that are encrypted otherwise; one record is beside all of them.</param>
    private async Task RefuseAnothersAsync(ArchiveName name, ImmutableArray<ArchiveName> former, CatalogueRecord record, CancellationToken cancellationToken)
    {
        var told = await program.RunAsync(["cat", program.PathOf(name.Record)], null, cancellationToken);
        if (!told.Succeeded && !told.IsMissing)
            throw program.Failed($"read {name.Record} from", told);
        var other = former.Append(name).Select(archive => FindRecord(Encoding.UTF8.GetBytes(told.Output), archive)).FirstOrDefault(found => found is not null);
        if (other is not null && other.Server.Id != record.Server.Id)
            throw new RelayOpsException($"{name.FileName} is not copied to store {Name}", $"the store has a backup of {other.Server.Name} under that name",
                "give each server a path of its own in the remote, or make another backup");
        if (other?.ReencryptedAt > (record.ReencryptedAt ?? DateTimeOffset.MinValue))
            throw new RelayOpsException($"{name.FileName} is not copied to store {Name}", $"the store has {other.Archive}, which was encrypted anew after this one was",
                "name the store with the newer one first in --store, or delete that copy if this one is to stay");
        if (other is null && former.Length > 0)
            throw new RelayOpsException($"{name.FileName} is not copied to store {Name}", $"the store has {former[0].FileName} of the same second, without a record that tells whose it is",
                "look at that archive, and move it elsewhere");
    }

    /// <summary>Of runs that were killed; one of these days may still be on its way. What cannot be removed now, the next run removes.</summary>
    private async Task RemoveLeftoversAsync(ArchiveName name, ImmutableArray<RcloneFile> there, CancellationToken cancellationToken)
    {
        var left = there.Select(file => file.Name).Where(file => file.StartsWith(PartialPrefix, StringComparison.Ordinal) && file != PartialPrefix + name.FileName)
            .Concat(UnlistedIn(there).Where(file => ArchiveParts.ArchiveOf(file) != name.FileName)).ToList();
        if (left.Count > 0)
            _ = await program.RunAsync(["delete", remote, "--max-depth", "1", "--min-age", "3d", .. left.SelectMany(file => new[] { "--include", $"/{file}" })], null, cancellationToken);
    }

    private async Task<bool> IsWholeAsync(ImmutableArray<RcloneFile> there, string file, CatalogueRecord record, CancellationToken cancellationToken) =>
        there.Any(one => one.Name == file && one.Size == record.SizeBytes) && await HasAsync(file, record.Sha256, cancellationToken);

    /// <summary>What stays has a hidden name, and the next run writes over it.</summary>
    private async Task TryRemoveAsync(string partial)
    {
        using var briefly = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await program.RunAsync(["deletefile", program.PathOf(partial)], null, briefly.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or RelayOpsException)
        {
            // The error that led here is the one to tell.
        }
    }

    /// <summary>
    /// What is read for several stores at once comes as a stream. What is left, or breaks off, rclone reads itself where it is a file of this machine, and
    /// again where a transfer breaks; anything else is a stream too, which is opened again as often.
    /// </summary>
    private async Task SendAsync(CataloguedBackup source, string partial, CancellationToken cancellationToken)
    {
        var part = new ArchivePart(partial, 0, source.Backup.SizeBytes);
        if (source.Store is SharedReading.Share share)
        {
            if (share.IsNextShared && await SendAsync(source, part, cancellationToken) is { Succeeded: true })
                return;
            source = share.Own;
        }

        if (source.Store is LocalDirectoryStore && File.Exists(source.Backup.Location))
        {
            await DemandAsync("write to", ["copyto", source.Backup.Location, program.PathOf(partial)], cancellationToken);
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            var result = await SendAsync(source, part, cancellationToken);
            if (result.Succeeded)
                return;
            if (attempt == RcloneProgram.Attempts)
                throw program.Failed("write to", result);
        }
    }

    private async Task<RcloneResult> SendAsync(CataloguedBackup source, ArchivePart whole, CancellationToken cancellationToken)
    {
        await using var content = await source.Store.OpenAsync(source.Backup, cancellationToken);
        return await program.RunAsync(SendTo(whole), content, cancellationToken);
    }
}
