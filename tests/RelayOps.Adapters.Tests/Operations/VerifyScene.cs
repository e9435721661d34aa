using Microsoft.Extensions.Time.Testing;
using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Deployments;
using RelayOps.Adapters.Encryption;
using RelayOps.Adapters.Tests.Archives;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Inspection;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Redis;
using RelayOps.Core.Signatures;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Operations;

/// <summary>A whole backup, of which each test spoils one thing.</summary>
internal sealed class VerifyScene
{
    public const string Key = "0123456789abcdef0123456789abcdef";

    public const string BasePath = "redis_data/appendonlydir/appendonly.aof.1.base.rdb";

    public const string AppendManifestPath = "redis_data/appendonlydir/appendonly.aof.manifest";

    public static readonly DateTimeOffset Now = new(2025, 8, 6, 0, 0, 0, TimeSpan.Zero);

    private static readonly string Server = "0123456789abcdef";

    public byte[] Dump { get; set; } = Fixture("redis-7.0.rdb");

    public string? Env { get; set; } = $"JWT_SECRET=abcdefghijklmnopqrstuvwxyz012345\nENCRYPTION_KEY={Key}\n";

    public string? Compose { get; set; } = "services:\n  claude-relay:\n    image: weishaw/claude-relay-service:latest\n  redis:\n    image: redis:7-alpine\n";

    public bool WithAppendOnly { get; set; } = true;

    public bool WithDump { get; set; } = true;

    public string FingerprintOf { get; set; } = Key;

    public string Codec { get; set; } = "gzip";

    public Func<Manifest, Manifest> Manifest { get; set; } = manifest => manifest;

    /// <summary>Adds to the archive.</summary>
    public Func<ArchiveWriter, Task> More { get; set; } = _ => Task.CompletedTask;

    public Func<byte[], byte[]> Stored { get; set; } = bytes => bytes;

    public Func<StoredBackup, StoredBackup> Backup { get; set; } = backup => backup;

    public CancellationToken Cancellation { get; set; }

    public Func<Stream, Stream> Spoil { get; set; } = stream => stream;

    public MemoryStore? Store { get; private set; }

    public IDrill? Drill { get; set; }

    /// <summary>What the store says to whoever writes to it.</summary>
    public Core.RelayOpsException? ReadOnly { get; set; }

    /// <summary>What the archive is sealed with.</summary>
    public IArchiveCipher? Cipher { get; set; }

    /// <summary>Who signs the record.</summary>
    public IRecordSigner? Signer { get; set; }

    public ITrustedSigners? TrustedSigners { get; set; }

    /// <summary>What the verification has to open it with.</summary>
    public Func<string, IArchiveCipher?> FindCipher { get; set; } = _ => null;

    private StoredBackup? _last;

    public static byte[] Fixture(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(directory!.FullName, "Fixtures")))
            directory = directory.Parent;
        return File.ReadAllBytes(Path.Combine(directory.FullName, "Fixtures", "rdb", name));
    }

    public async Task<VerifiedBackup> VerifyAsync(VerificationLevel level = VerificationLevel.Deep)
    {
        RdbSummary summary;
        try
        {
            summary = await RdbReader.ReadAsync(new MemoryStream(Dump), null, default);
        }
        catch (Core.RelayOpsException)
        {
            summary = await RdbReader.ReadAsync(new MemoryStream(Fixture("redis-7.0.rdb")), null, default);
        }

        var fingerprint = KeyFingerprint.Of(FingerprintOf, Server);
        var (bytes, archive) = await SampleArchive.WriteAsync(FillAsync, Codec, writer => Manifest(SampleArchive.Manifest(writer) with
        {
            EncryptionKeyFingerprint = fingerprint,
            Redis = new DatasetManifest
            {
                RedisVersion = "7.0.15",
                RdbVersion = summary.Version,
                TakenBy = "bgsave",
                Counts = summary.Counts,
            },
        }), Cipher is { } cipher ? cipher.Seal : null);
        var stored = Stored(bytes);
        var name = ArchiveName.For(SampleArchive.Id, ".gz", Cipher?.Extension ?? "");
        return await RunAsync(stored, Backup(new StoredBackup
        {
            Id = SampleArchive.Id,
            Store = "memory",
            Archive = name,
            Location = "memory",
            SizeBytes = stored.Length,
            Sha256 = archive.Sha256,
            Record = await (Record(archive) with { Archive = name, Encryption = Cipher?.Name }).SignAsync(Signer, Cancellation),
        }), level);
    }

    /// <summary>Verifies an archive of the older scripts: nothing but the file itself.</summary>
    public Task<VerifiedBackup> VerifyLegacyAsync(byte[] archive, VerificationLevel level = VerificationLevel.Deep) => RunAsync(
        archive,
        new StoredBackup
        {
            Id = SampleArchive.Id,
            Store = "memory",
            Archive = "a.tar.gz",
            Location = "memory",
            SizeBytes = archive.Length,
        },
        level);

    /// <summary>The same backup, of which the store now holds something else.</summary>
    public Task<VerifiedBackup> VerifyAgainAsync(byte[] stored) => RunAsync(stored, _last!, VerificationLevel.Deep);

    /// <summary>A look into the same backup, of which the store now holds something else.</summary>
    public Task<BackupInside> InspectAgainAsync(params byte[][] copies) =>
        new InspectOperation(Tools).RunAsync([.. copies.Select((stored, at) => new CataloguedBackup(new MemoryStore(stored, Spoil), _last! with { Store = $"store {at}" }))], Cancellation);

    private Task<VerifiedBackup> RunAsync(byte[] stored, StoredBackup backup, VerificationLevel level)
    {
        _last = backup;
        Store = new MemoryStore(stored, Spoil) { ReadOnly = ReadOnly };
        return new VerifyOperation(Store, Tools).RunAsync(new VerifyRequest(backup, level), Cancellation);
    }

    private VerifyTools Tools => new()
    {
        Codecs = Codecs.All,
        Compose = new YamlComposeParser(),
        Scrypt = new BouncyCastleScrypt(),
        Reporter = new SilentReporter(),
        Time = new FakeTimeProvider(Now),
        Drill = Drill,
        FindCipher = FindCipher,
        TrustedSigners = TrustedSigners,
    };

    private async Task FillAsync(ArchiveWriter writer)
    {
        await writer.AddDirectoryAsync(SampleArchive.At("redis_data", 0x1ED), default);
        if (WithDump)
            await writer.AddFileAsync(SampleArchive.At("redis_data/dump.rdb"), Dump, default);
        if (WithDump && WithAppendOnly)
        {
            await writer.AddHardLinkAsync(SampleArchive.At(BasePath), "redis_data/dump.rdb", default);
            await writer.AddFileAsync(SampleArchive.At(AppendManifestPath), "file appendonly.aof.1.base.rdb seq 1 type b\n"u8.ToArray(), default);
        }

        await writer.AddFileAsync(SampleArchive.At("data/init.json"), "{}"u8.ToArray(), default);
        if (Env is not null)
            await writer.AddFileAsync(SampleArchive.At(".env"), System.Text.Encoding.UTF8.GetBytes(Env), default);
        if (Compose is not null)
            await writer.AddFileAsync(SampleArchive.At("docker-compose.yml"), System.Text.Encoding.UTF8.GetBytes(Compose), default);
        await More(writer);
    }

    private static CatalogueRecord Record(SealedArchive archive) => new()
    {
        Format = CatalogueRecord.CurrentFormat,
        BackupId = archive.Id.ToString(),
        Archive = "",
        SizeBytes = archive.SizeBytes,
        Sha256 = archive.Sha256,
        CreatedAt = archive.Id.Time,
        Server = archive.Manifest.Server,
        Tool = "RelayOps test",
        Compression = archive.Compression,
        ContentBytes = archive.ContentBytes,
        ManifestSha256 = archive.ManifestSha256,
    };
}
