using RelayOps.Adapters.Encryption;
using RelayOps.Adapters.Tests.Operations;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Adapters.Tests.Encryption;

/// <summary>age takes a passphrase from a terminal alone, and which archive wants one tells its first line; gpg tells it when it opens one.</summary>
[Collection(OneKeyring.Name)]
public sealed class AgePassphraseTests(CipherKeys keys)
{
    private static readonly byte[] Plain = [1, 2, 3];

    private DecryptionMeans Both => new() { Identity = keys.At("age.key"), Passphrase = CipherKeys.Passphrase };

    /// <summary>An operator has one of each, and the archives of years.</summary>
    [Theory]
    [InlineData("age")]
    [InlineData("age passphrase")]
    public async Task Open_takes_what_the_archive_wants_where_both_are_given(string kind)
    {
        var ciphertext = await keys.SealAsync(kind, Plain);

        Assert.Equal(Plain, await ArchiveCipherTests.OpenAsync(ArchiveCiphers.FindForOpening("age", Both)!, ciphertext));
    }

    [Theory]
    [InlineData("age", "give --identity")]
    [InlineData("pgp path", "give --identity")]
    [InlineData("age passphrase", "set the environment variable PASSPHRASE")]
    public async Task Open_says_what_it_lacks_where_the_other_one_is_given(string kind, string next)
    {
        var ciphertext = await keys.SealAsync(kind, Plain);
        var means = kind == "age passphrase" ? new DecryptionMeans { Identity = keys.At("age.key") } : new DecryptionMeans { Passphrase = CipherKeys.Passphrase };
        var tool = kind == "pgp path" ? "gpg" : "age";

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveCipherTests.OpenAsync(ArchiveCiphers.FindForOpening(tool, means)!, ciphertext));

        Assert.Equal((ExitStatus.BadBackup, next, true), (error.Status, error.Next, error.LacksKey));
    }

    /// <summary>The passphrase may be that of the key that signs.</summary>
    [Theory]
    [InlineData("age")]
    [InlineData("pgp path")]
    public async Task RunAsync_with_a_passphrase_alone_is_sealed_where_the_archive_wants_a_key_and_none_restores_it(string kind)
    {
        var scene = new VerifyScene { Cipher = await keys.SealingAsync(kind) };
        scene.FindCipher = tool => ArchiveCiphers.FindForOpening(tool, new DecryptionMeans { Passphrase = CipherKeys.Passphrase });

        var verified = await scene.VerifyAsync();

        Assert.Equal(VerificationLevel.Sealed, verified.Report.Level);
        var error = Assert.Throws<RelayOpsException>(() => RestoreSource.From(verified, scene.Store!, Adapters.Archives.Codecs.All, scene.FindCipher));
        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    [Fact]
    public async Task Open_of_what_is_no_archive_of_age_is_its_fault()
    {
        var cipher = ArchiveCiphers.FindForOpening("age", new DecryptionMeans { Passphrase = CipherKeys.Passphrase })!;

        foreach (var garbage in new[] { [], Plain, new byte[1000] })
        {
            var error = await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveCipherTests.OpenAsync(cipher, garbage));
            Assert.Equal((ExitStatus.BadBackup, "use another backup", false), (error.Status, error.Next, error.LacksKey));
        }
    }

    /// <summary>Those would be orders to the terminal; and what is too long it would cut off without a word.</summary>
    [Theory]
    [InlineData("a\u0003b", 1)]
    [InlineData("a\u007Fb", 1)]
    [InlineData("a\u0016b", 1)]
    [InlineData("a\nb", 1)]
    [InlineData("", 1)]
    [InlineData("é", 512)]
    public async Task ForSealing_refuses_what_no_terminal_takes(string text, int times)
    {
        var means = new DecryptionMeans { Passphrase = string.Concat(Enumerable.Repeat(text, times)) };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveCiphers.ForSealingAsync(EncryptionRecipients.Parse("age-passphrase"), means, "/", default));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    [Fact]
    public async Task Seal_takes_the_longest_passphrase_whole()
    {
        var longest = new DecryptionMeans { Passphrase = new string('x', 1023) };
        var cipher = await ArchiveCiphers.ForSealingAsync(EncryptionRecipients.Parse("age-passphrase"), longest, "/", default);
        using var output = new MemoryStream();
        await using (var seal = cipher.Seal(output))
            await seal.WriteAsync(Plain);

        Assert.Equal(Plain, await ArchiveCipherTests.OpenAsync(ArchiveCiphers.FindForOpening("age", longest)!, output.ToArray()));
        var shorter = new DecryptionMeans { Passphrase = new string('x', 1022) };
        await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveCipherTests.OpenAsync(ArchiveCiphers.FindForOpening("age", shorter)!, output.ToArray()));
    }
}
