using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Adapters.Hosts.OpenSsh;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>
/// Backups in whatever rclone reaches: archive, <c>.sha256</c> and <c>.json</c> side by side, as in a local store. An archive gets its
/// name, or the list of its parts, last, after it was proven there; until then it is no backup.
/// </summary>
public sealed partial class RcloneStore : IBackupDestination
{
    /// <summary>Before the remote and its path in <c>--store</c>.</summary>
    public const string Prefix = "rclone:";

    private const string PartialPrefix = ".relayops-partial-";

    private readonly string remote;
    private readonly bool allowPlaintext;
    private readonly RcloneProgram program;
    private readonly RclonePublicAccess publicAccess;

    /// <param name="name">As in <c>--store</c>: <c>rclone:remote:path</c>. What it may hold of credentials is seen of nobody, see <see cref="RcloneRemote"/>.</param>
    /// <param name="allowPlaintext"><c>--allow-plaintext</c>.</param>
    /// <exception cref="RelayOpsException">It names no remote (<see cref="ExitStatus.WrongUse"/>).</exception>
    public RcloneStore(string name, bool allowPlaintext)
    {
        var named = RcloneRemote.Parse(name[Prefix.Length..]);
        Name = Prefix + named.Shown;
        remote = named.Argument;
        this.allowPlaintext = allowPlaintext;
        program = new RcloneProgram(named);
        publicAccess = new RclonePublicAccess(named);
    }

    public string Name { get; }

    public bool ReplacesFormer => true;

    public async Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var files = await FilesAsync(cancellationToken);
        var archives = ArchivesIn(files).Select(name => (Name: name, Size: FilesOf(name.FileName, files).Sum(file => file.Size))).ToList();
        if (archives.Count == 0)
            return [];
        using var beside = PrivateDirectory.Create();
        await DemandAsync("read the records of",
            ["copy", remote, beside.Path, "--max-depth", "1", "--include", "/*.json", "--include", "/*.sha256", "--max-size", "1M"], cancellationToken);
        return [.. archives.Select(file => Describe(file.Name, file.Size, beside.Path))
            .OrderByDescending(backup => backup.Id).ThenBy(backup => backup.Archive, StringComparer.Ordinal)];
    }

    public async Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        var files = FilesOf(backup.Archive, await FilesAsync(cancellationToken));
        if (files.IsEmpty)
            throw Gone(backup.Archive);
        RequireEveryPart(backup, files);
        return new RcloneDownload(program, backup.Archive, files);
    }

    public async Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken)
    {
        if (FilesOf(backup.Archive, await FilesAsync(cancellationToken)).IsEmpty)
            throw Gone(backup.Archive);
        await WriteAsync(NameOf(backup).Record, CatalogueJson.Write(record), cancellationToken);
    }

    public async Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        var name = NameOf(backup);
        var there = await FilesAsync(cancellationToken);
        foreach (var file in (string[])[.. NamesOf(name.FileName, there), name.Checksum, name.Record])
            await RemoveAsync(file, cancellationToken);
    }

    private async Task RemoveAsync(string file, CancellationToken cancellationToken)
    {
        var result = await program.RunAsync(["deletefile", program.PathOf(file)], null, cancellationToken);
        if (!result.Succeeded && !result.IsMissing && (await FilesAsync(cancellationToken)).Any(there => there.Name == file))
            throw program.Failed($"remove {file} from", result);
    }

    /// <summary>Nothing tells who else may read a remote, unless it is everybody: what is not encrypted goes there by consent alone.</summary>
    public Task RequireAdmissionAsync(bool isEncrypted, CancellationToken cancellationToken) => isEncrypted ? Task.CompletedTask
        : allowPlaintext ? publicAccess.RefuseAsync(cancellationToken)
        : throw new RelayOpsException($"nothing is sent to store {Name}", "the backup is not encrypted, and an archive is a secret",
            "encrypt it (--encrypt-to), or pass --allow-plaintext where nobody else can read that store", ExitStatus.WrongUse);

    internal static RelayOpsException Gone(string archive) =>
        new($"the archive '{archive}' is gone", "the store does not have it any more", "run the List target to see the backups there are", ExitStatus.BadBackup);

    /// <summary>By the remote's own SHA-256 where it knows one, else every byte is read back.</summary>
    private async Task<bool> HasAsync(string file, string sha256, CancellationToken cancellationToken)
    {
        var told = await program.RunAsync(["hashsum", "SHA256", program.PathOf(file)], null, cancellationToken);
        if (!told.Succeeded || told.Output.Trim().Split(' ')[0] is not { Length: 64 })
            told = await program.RunAsync(["hashsum", "SHA256", "--download", program.PathOf(file)], null, cancellationToken);
        return told.Succeeded ? told.Output.StartsWith(sha256, StringComparison.Ordinal) : throw program.Failed($"read {file} back from", told);
    }

    private async Task WriteAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        var result = await program.RunAsync(["rcat", program.PathOf(name)], new MemoryStream(content), cancellationToken);
        if (!result.Succeeded)
            throw program.Failed($"write {name} to", result);
    }

    private async Task DemandAsync(string what, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await program.RunAsync(arguments, null, cancellationToken);
        if (!result.Succeeded)
            throw program.Failed(what, result);
    }

    /// <summary>A directory that is not there holds no backups.</summary>
    private async Task<ImmutableArray<RcloneFile>> FilesAsync(CancellationToken cancellationToken)
    {
        var result = await program.RunAsync(["lsjson", remote, "--files-only", "--no-mimetype", "--no-modtime"], null, cancellationToken);
        return result.Succeeded ? JsonSerializer.Deserialize(result.Output, RcloneJson.Default.ImmutableArrayRcloneFile)
            : result.IsMissing ? [] : throw program.Failed("list", result);
    }

    private StoredBackup Describe(ArchiveName name, long size, string beside)
    {
        var (record, checksum) = (Path.Combine(beside, name.Record), Path.Combine(beside, name.Checksum));
        return Describe(name, size, File.Exists(record) ? FindRecord(File.ReadAllBytes(record), name) : null, File.Exists(checksum) ? FindChecksum(File.ReadAllText(checksum), name) : null);
    }

    /// <summary>One that cannot be read is as good as lost: Verify needs only the archive.</summary>
    private static CatalogueRecord? FindRecord(byte[] json, ArchiveName name)
    {
        try
        {
            return CatalogueJson.Read(json) is var record && record.Archive == name.FileName ? record : null;
        }
        catch (RelayOpsException e) when (e.Status == ExitStatus.BadBackup)
        {
            return null;
        }
    }

    private static string? FindChecksum(string text, ArchiveName name) =>
        text.Trim().Split("  ", 2) is [{ Length: 64 } sha256, var file] && file == name.FileName && sha256.All(char.IsAsciiHexDigitLower) ? sha256 : null;

    private StoredBackup Describe(ArchiveName name, CatalogueRecord record) => Describe(name, record.SizeBytes, record, record.Sha256);

    private StoredBackup Describe(ArchiveName name, long size, CatalogueRecord? record, string? sha256) => new()
    {
        Id = name.Id,
        Store = Name,
        Archive = name.FileName,
        Location = program.ShownPathOf(name.FileName),
        SizeBytes = size,
        Record = record,
        Sha256 = sha256,
    };

    private static ArchiveName NameOf(StoredBackup backup) =>
        ArchiveName.Find(backup.Archive) ?? throw new ArgumentException($"'{backup.Archive}' is no archive's name", nameof(backup));
}

internal sealed record RcloneFile(string Name, long Size);

[JsonSerializable(typeof(ImmutableArray<RcloneFile>))]
internal sealed partial class RcloneJson : JsonSerializerContext;
