using RelayOps.Core.Encryption;

namespace RelayOps.Core.Tests.Encryption;

public sealed class EncryptionRecipientsTests
{
    private const string Age = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    private const string Ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    private const string Print = "0123456789ABCDEF0123456789ABCDEF01234567";

    private const string Armour = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ, not split\n-----END PGP PUBLIC KEY BLOCK-----";

    [Fact]
    public void Parse_takes_several_of_age_and_drops_the_comments_of_ssh_keys()
    {
        var recipients = EncryptionRecipients.Parse($"{Age}, {Ssh} ops, at home,{Ssh}\n# a comment\nssh-rsa {new string('A', 300)} x\n");

        Assert.Equal([Age, Ssh, Ssh, "ssh-rsa " + new string('A', 300)], recipients.Age.AsEnumerable());
        Assert.Equal("age", recipients.Tool);
    }

    [Theory]
    [InlineData("keys/ops.asc", PgpKeyForm.Path, "keys/ops.asc")]
    [InlineData("0x" + Print, PgpKeyForm.Fingerprint, Print)]
    [InlineData("0123 4567 89ab cdef 0123  4567 89ab cdef 0123 4567", PgpKeyForm.Fingerprint, Print)]
    [InlineData(Armour, PgpKeyForm.Text, Armour + "\n")]
    public void Parse_takes_a_pgp_key_in_each_form(string text, PgpKeyForm form, string value)
    {
        var recipients = EncryptionRecipients.Parse(text);

        Assert.Equal(new PgpKey(form, value), Assert.Single(recipients.Pgp));
        Assert.Equal("gpg", recipients.Tool);
    }

    [Fact]
    public void Parse_takes_a_passphrase_beside_a_pgp_key()
    {
        var recipients = EncryptionRecipients.Parse($"passphrase\n{Armour}\n");

        Assert.True(recipients.Passphrase);
        Assert.Single(recipients.Pgp);
    }

    [Fact]
    public void Parse_takes_the_passphrase_of_age_alone()
    {
        var recipients = EncryptionRecipients.Parse("age-passphrase");

        Assert.True(recipients.AgePassphrase);
        Assert.Equal("age", recipients.Tool);
    }

    [Theory]
    [InlineData("age-passphrase,passphrase", "beside")]
    [InlineData("age-passphrase," + Age, "beside")]
    [InlineData("age-passphrase," + Print, "beside")]
    [InlineData("", "empty")]
    [InlineData(" ,\n", "empty")]
    [InlineData(Age + ",passphrase", "mixes")]
    [InlineData(Age + "," + Print, "mixes")]
    [InlineData("DEADBEEF", "short key id")]
    [InlineData("0xDEADBEEFDEADBEEF", "short key id")]
    [InlineData("age1tooshort", "no whole")]
    [InlineData("ecdsa-sha2-nistp256 AAAA", "no whole")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\nabc", "no end")]
    [InlineData("AGE-SECRET-KEY-1CANARY", "private key")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----", "private key")]
    public void Parse_refuses_what_it_cannot_seal_for(string text, string why)
    {
        var error = Assert.Throws<RelayOpsException>(() => EncryptionRecipients.Parse(text));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error.Message, StringComparison.Ordinal);
    }
}
