using System.Security.Cryptography;
using RelayOps.Adapters.Encryption;
using RelayOps.Core;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Tests.Encryption;

/// <summary>Identities that a passphrase locks: age would ask for it on a terminal, and here nobody is ever asked.</summary>
[Collection(OneKeyring.Name)]
public sealed class LockedIdentityTests(CipherKeys keys)
{
    private static readonly byte[] Plain = RandomNumberGenerator.GetBytes(1000);

    /// <summary>age would ask for the passphrase on a terminal; whoever reads on is told at once how to unlock it, and it works.</summary>
    [Theory]
    [InlineData("ssh-keygen -q -t ed25519 -N canary", "ssh-keygen -q -p -P canary -N ''")]
    [InlineData("ssh-keygen -q -t rsa -m PEM -b 2048 -N canary", "ssh-keygen -q -p -P canary -N ''")]
    [InlineData("ssh-keygen -q -t rsa -m PKCS8 -b 2048 -N canary", "ssh-keygen -q -p -P canary -N ''")]
    public async Task Open_refuses_an_ssh_key_that_is_locked_and_takes_it_once_it_is_not(string make, string unlock)
    {
        await keys.ShAsync($"rm -f shut shut.pub; {make} -f shut >&2");
        var cipher = await ArchiveCiphers.ForSealingAsync(EncryptionRecipients.Parse(keys.Text("shut.pub")), new DecryptionMeans(), "/", default);
        using var output = new MemoryStream();
        await using (var seal = cipher.Seal(output))
            await seal.WriteAsync(Plain);

        await AssertLockedAsync(keys.At("shut"), output.ToArray());
        await AssertLockedAsync(keys.Text("shut"), output.ToArray());
        await keys.ShAsync($"{unlock} -f shut");
        Assert.Equal(Plain, await ArchiveCipherTests.OpenAsync(ArchiveCiphers.FindForOpening("age", new DecryptionMeans { Identity = keys.At("shut") })!, output.ToArray()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--armor")]
    public async Task Open_refuses_an_identity_that_age_itself_has_locked(string armour)
    {
        // What locks it asks on a terminal; to whom it is locked makes no difference to what it looks like.
        await keys.ShAsync($"age {armour} -r \"$(cat age.pub)\" age.key > shut.age");

        await AssertLockedAsync(keys.At("shut.age"), await keys.SealAsync("age", Plain));
    }

    private static async Task AssertLockedAsync(string identity, byte[] ciphertext)
    {
        var means = new DecryptionMeans { Identity = identity };
        var opening = await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveCipherTests.OpenAsync(ArchiveCiphers.FindForOpening("age", means)!, ciphertext));
        var sealing = await Assert.ThrowsAsync<RelayOpsException>(
            () => ArchiveCiphers.ForSealingAsync(EncryptionRecipients.Parse("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"), means, "/", default));
        Assert.Equal((ExitStatus.WrongUse, ExitStatus.WrongUse), (opening.Status, sealing.Status));
        Assert.Contains("locked with a passphrase", opening.Why, StringComparison.Ordinal);
    }
}
