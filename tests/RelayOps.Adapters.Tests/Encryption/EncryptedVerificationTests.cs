using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Encryption;
using RelayOps.Adapters.Signatures;
using RelayOps.Adapters.Tests.Operations;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Adapters.Tests.Encryption;

/// <summary>A backup that is encrypted in the pass that writes it, and what Verify can say of it.</summary>
[Collection(OneKeyring.Name)]
public sealed class EncryptedVerificationTests(CipherKeys keys)
{
    public static TheoryData<string> Kinds => CipherKeys.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task RunAsync_with_the_identity_reads_all_of_it(string kind)
    {
        var scene = await SceneAsync(kind);
        scene.FindCipher = _ => keys.Opening(kind);

        var verified = await scene.VerifyAsync();

        Assert.Equal(VerificationLevel.Deep, verified.Report.Level);
        Assert.NotNull(verified.Manifest);
        Assert.Equal(VerificationLevel.Deep, scene.Store!.Saved!.Verified);
    }

    [Fact]
    public async Task RunAsync_without_an_identity_is_sealed_and_says_what_that_proves()
    {
        var scene = await SceneAsync("age");

        var verified = await scene.VerifyAsync();

        Assert.Equal(VerificationLevel.Sealed, verified.Report.Level);
        Assert.Null(verified.Manifest);
        var warning = Assert.Single(verified.Report.Warnings);
        Assert.Contains("Proven: the store holds, byte for byte, what was written", warning, StringComparison.Ordinal);
        Assert.Contains("Not proven: that it can be decrypted, what is in it, and that archive and record were not replaced together.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_without_an_identity_takes_a_signature_for_proof_that_the_record_was_not_replaced()
    {
        var scene = await SceneAsync("age");
        scene.Signer = await Signers.ForSigningAsync(keys.At("ssh-ed25519"), null, "/", default);
        scene.TrustedSigners = await Signers.TrustedAsync(keys.At("ssh-ed25519.pub"), "/", default);

        var warning = Assert.Single((await scene.VerifyAsync()).Report.Warnings);

        Assert.Contains("Not proven: that it can be decrypted, and what is in it.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_without_identity_and_record_claims_nothing()
    {
        var scene = await SceneAsync("age");
        scene.Backup = backup => backup with { Record = null, Sha256 = null };

        var verified = await scene.VerifyAsync();

        Assert.Contains(verified.Report.Warnings, warning => warning.Contains("Proven: nothing but", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_with_a_wrong_key_fails_and_leaves_the_mark_of_a_verified_backup()
    {
        var scene = await SceneAsync("age");
        scene.Backup = backup => backup with { Record = backup.Record! with { Verified = VerificationLevel.Deep } };
        scene.FindCipher = tool => ArchiveCiphers.FindForOpening(tool, new DecryptionMeans { Identity = keys.At("other.key") });

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync());

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains("no identity matched", error.Why, StringComparison.Ordinal);
        Assert.Null(scene.Store!.Saved);
    }

    [Fact]
    public async Task RunAsync_takes_the_mark_of_a_sealed_backup_away_when_it_is_damaged()
    {
        var scene = await SceneAsync("age");
        scene.Stored = bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];
        scene.Backup = backup => backup with { Record = backup.Record! with { Verified = VerificationLevel.Sealed } };

        await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync());

        Assert.Equal(VerificationLevel.None, scene.Store!.Saved!.Verified);
    }

    [Theory]
    [InlineData("age")]
    [InlineData("passphrase")]
    public async Task RestoreSource_reads_what_was_encrypted_and_refuses_without_an_identity(string kind)
    {
        var scene = await SceneAsync(kind);
        scene.FindCipher = _ => keys.Opening(kind);
        var verified = await scene.VerifyAsync();

        var source = RestoreSource.From(verified, scene.Store!, Codecs.All, scene.FindCipher);
        var contents = await ArchiveContents.ReadAsync(source, new SilentReporter(), default);

        Assert.NotNull(contents.Find("redis_data/dump.rdb"));
        var error = Assert.Throws<RelayOpsException>(() => RestoreSource.From(verified, scene.Store!, Codecs.All));
        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    /// <summary>Anybody can seal for a public key; here even the same entries, so that nothing but the ciphertext differs.</summary>
    [Theory]
    [InlineData("age")]
    [InlineData("passphrase")]
    public async Task RestoreSource_refuses_what_was_sealed_anew_since_it_was_verified(string kind)
    {
        var (planted, scene) = (await SceneAsync(kind), await SceneAsync(kind));
        planted.FindCipher = scene.FindCipher = _ => keys.Opening(kind);
        await planted.VerifyAsync();
        var source = RestoreSource.From(await scene.VerifyAsync(), scene.Store!, Codecs.All, scene.FindCipher);

        scene.Store!.Archive = planted.Store!.Archive;
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveContents.ReadAsync(source, new SilentReporter(), default));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains("is not what was verified a moment ago", error.What, StringComparison.Ordinal);
    }

    /// <summary>With neither record nor checksum, so that it is the encryption that tells.</summary>
    [Theory]
    [InlineData("age")]
    [InlineData("passphrase")]
    public async Task RunAsync_notices_tampering_all_along_the_ciphertext(string kind)
    {
        for (var part = 0; part < 6; part++)
        {
            var scene = await SceneAsync(kind);
            scene.FindCipher = _ => keys.Opening(kind);
            scene.Stored = bytes => Flip(bytes, (int)(bytes.Length * (part + 0.5) / 6));
            scene.Backup = backup => backup with { Record = null, Sha256 = null };
            var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync(VerificationLevel.Quick));
            Assert.Equal(ExitStatus.BadBackup, error.Status);
        }
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 0x20;
        return bytes;
    }

    private async Task<VerifyScene> SceneAsync(string kind) => new() { Cipher = await keys.SealingAsync(kind) };
}
