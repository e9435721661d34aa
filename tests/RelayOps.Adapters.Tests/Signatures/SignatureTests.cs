using System.Text;
using RelayOps.Adapters.Signatures;
using RelayOps.Adapters.Tests.Encryption;
using RelayOps.Adapters.Tests.Operations;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Signatures;

namespace RelayOps.Adapters.Tests.Signatures;

/// <summary>Backups that are signed with keys of every kind, and what Verify makes of those who signed them.</summary>
[Collection(OneKeyring.Name)]
public sealed class SignatureTests(CipherKeys keys)
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("ssh-ed25519", "ssh-ed25519.pub", "SHA256:")]
    [InlineData("ssh-rsa", "ssh-rsa.pub", "")]
    [InlineData("plain.key", "plain.asc", "plain@example.org")]
    [InlineData("locked.key", "locked.asc", "locked@example.org")]
    public async Task RunAsync_says_who_of_the_trusted_signed_it(string key, string trusted, string name)
    {
        var scene = await SceneAsync(key, trusted);

        var verified = await scene.VerifyAsync();

        Assert.Contains(name, verified.Report.SignedBy, StringComparison.Ordinal);
        Assert.Equal(VerificationLevel.Deep, verified.Report.Level);
        Assert.NotNull(scene.Store!.Saved!.Signature);
    }

    [Fact]
    public async Task ForSigningAsync_takes_a_text_and_a_fingerprint_of_the_keyring()
    {
        Environment.SetEnvironmentVariable("GNUPGHOME", keys.GnupgHome);
        foreach (var (key, trusted) in new[] { (keys.Text("ssh-ed25519"), keys.Text("ssh-ed25519.pub")), (keys.Text("plain.fpr").Trim(), keys.Text("plain.asc")) })
        {
            var scene = new VerifyScene { Signer = await SignerAsync(key), TrustedSigners = await Signers.TrustedAsync(trusted, "/", Patience) };
            Assert.NotNull((await scene.VerifyAsync()).Report.SignedBy);
        }
    }

    [Theory]
    [InlineData("ssh-ed25519", "ssh-rsa.pub")]
    [InlineData("plain.key", "locked.asc")]
    [InlineData("plain.key", "ssh-ed25519.pub")]
    [InlineData("ssh-ed25519", "plain.asc")]
    public async Task RunAsync_refuses_a_signer_who_is_not_trusted(string key, string trusted)
    {
        var scene = await SceneAsync(key, trusted);
        scene.Backup = backup => backup with { Record = backup.Record! with { Verified = VerificationLevel.Deep } };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync());

        Assert.Equal((ExitStatus.BadBackup, "the backup is not trusted"), (error.Status, error.What));
        // It says nothing about the bytes, so their mark stays.
        Assert.Null(scene.Store!.Saved);
    }

    public static TheoryData<string> Forgeries => [.. Forging.Keys];

    internal static Dictionary<string, Func<CatalogueRecord, CatalogueRecord>> Forging { get; } = new()
    {
        ["id"] = record => record with { BackupId = "20260101_000000" },
        ["archive"] = record => record with { Archive = "claude-relay-backup-20260101_000000.tar.gz" },
        ["size"] = record => record with { SizeBytes = record.SizeBytes + 1 },
        ["sha256"] = record => record with { Sha256 = new string('0', 64) },
        ["manifest"] = record => record with { ManifestSha256 = new string('0', 64) },
        ["time"] = record => record with { CreatedAt = record.CreatedAt.AddTicks(1) },
        ["server"] = record => record with { Server = record.Server with { Id = "f000000000000000" } },
        ["parts"] = record => record with { Only = "redis" },
        ["encryption"] = record => record with { Encryption = "age" },
        ["fingerprint"] = record => record with { EncryptionKeyFingerprint = "0" },
        ["control character"] = record => record with { Only = "redis\nencryption none" },
        ["no signature"] = record => record with { Signature = null },
        ["empty signature"] = record => record with { Signature = "" },
    };

    [Theory, MemberData(nameof(Forgeries))]
    public async Task RunAsync_refuses_a_record_that_was_changed_since(string forgery)
    {
        var scene = await SceneAsync("ssh-ed25519", "ssh-ed25519.pub");
        scene.Backup = backup => backup with { Record = Forging[forgery](backup.Record!) };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync());

        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    [Fact]
    public async Task RunAsync_keeps_what_changes_in_a_store_out_of_the_signature()
    {
        var scene = await SceneAsync("plain.key", "plain.asc");
        scene.Backup = backup => backup with { Record = backup.Record! with { Verified = VerificationLevel.Deep, Pinned = true, Warnings = ["old"] } };

        Assert.NotNull((await scene.VerifyAsync()).Report.SignedBy);
    }

    /// <summary>By somebody trusted, but for something else.</summary>
    [Fact]
    public async Task RequireAsync_refuses_a_signature_made_for_another_purpose()
    {
        await File.WriteAllTextAsync(keys.At("statement"), "statement");
        await keys.ShAsync("rm -f statement.sig; ssh-keygen -q -Y sign -n file -f ssh-ed25519 statement");
        var trusted = await Signers.TrustedAsync($"ops@example.org {keys.Text("ssh-ed25519.pub")}", "/", Patience);

        var error = await Assert.ThrowsAsync<RelayOpsException>(
            () => trusted.RequireAsync(Encoding.UTF8.GetBytes("statement"), keys.Text("statement.sig"), Patience));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    /// <summary>As somebody without RelayOps would do it.</summary>
    [Fact]
    public async Task SignAsync_makes_what_ssh_keygen_alone_verifies()
    {
        var signer = await SignerAsync(keys.At("ssh-ed25519"));
        await File.WriteAllTextAsync(keys.At("said"), "said");
        await File.WriteAllTextAsync(keys.At("said.sig"), await signer.SignAsync(Encoding.UTF8.GetBytes("said"), Patience));

        await keys.ShAsync("echo \"me $(cat ssh-ed25519.pub)\" > allowed; ssh-keygen -Y verify -f allowed -I me -n claude-relay-backup -s said.sig < said");
    }

    [Fact]
    public async Task ForSigningAsync_refuses_a_locked_ssh_key_without_asking_anybody()
    {
        await keys.ShAsync("rm -f shut shut.pub; ssh-keygen -q -t ed25519 -N 'long enough' -f shut");

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => SignerAsync(keys.At("shut")));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("ssh-add", error.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere/key")]
    [InlineData("AGE-SECRET-KEY-hunter2")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----")]
    [InlineData("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nhunter2\n-----END PGP PRIVATE KEY BLOCK-----")]
    public async Task ForSigningAsync_refuses_what_is_no_key_and_does_not_repeat_it(string key)
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => SignerAsync(key));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere/allowed_signers")]
    [InlineData("# nobody\n")]
    [InlineData("ops@example.org no key\nme ssh-ed25519 AAAA")]
    [InlineData("ssh-ed25519 !!!!\n")]
    public async Task TrustedAsync_refuses_a_list_of_nobody(string list)
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Signers.TrustedAsync(list, "/", Patience));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    /// <summary>A small signed and encrypted archive; what the store owner changes is noticed before anybody decrypts it.</summary>
    [Fact]
    public async Task RunAsync_notices_a_change_of_each_byte_of_a_signed_and_encrypted_archive()
    {
        var scene = await SceneAsync("ssh-ed25519", "ssh-ed25519.pub");
        scene.Cipher = await keys.SealingAsync("age");
        byte[] archive = [];
        scene.Stored = bytes => archive = bytes;
        Assert.Equal(VerificationLevel.Sealed, (await scene.VerifyAsync()).Report.Level);
        // The record was trusted just now, and is the same from here on.
        scene.TrustedSigners = null;

        for (var at = 0; at < archive.Length; at++)
        {
            var changed = (byte[])archive.Clone();
            changed[at] ^= 0x01;
            var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAgainAsync(changed));
            Assert.Equal(ExitStatus.BadBackup, error.Status);
        }
    }

    /// <summary>The fifth byte of gzip tells a time and changes nothing that is read: the checksum alone can tell.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("age")]
    public async Task Inspect_demands_the_signature_and_the_bytes_that_it_is_of(string? kind)
    {
        var scene = await SceneAsync("ssh-ed25519", "ssh-ed25519.pub");
        scene.Cipher = kind is null ? null : await keys.SealingAsync(kind);
        scene.FindCipher = kind is null ? _ => null : _ => keys.Opening(kind);
        byte[] archive = [];
        scene.Stored = bytes => archive = bytes;
        await scene.VerifyAsync();
        Assert.NotNull((await scene.InspectAgainAsync(archive)).Redis);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.InspectAgainAsync([.. archive[..4], (byte)(archive[4] ^ 1), .. archive[5..]]));
        Assert.Equal(ExitStatus.BadBackup, error.Status);
        scene.TrustedSigners = await Signers.TrustedAsync(keys.At("plain.asc"), "/", Patience);
        error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.InspectAgainAsync(archive));
        Assert.Equal("the backup is not trusted", error.What);
    }

    private async Task<VerifyScene> SceneAsync(string key, string trusted) => new()
    {
        Signer = await SignerAsync(keys.At(key), key == "locked.key" ? CipherKeys.Passphrase : null),
        TrustedSigners = await Signers.TrustedAsync(keys.At(trusted), "/", Patience),
    };

    private static Task<IRecordSigner> SignerAsync(string key, string? passphrase = null) => Signers.ForSigningAsync(key, passphrase, "/", Patience);
}
