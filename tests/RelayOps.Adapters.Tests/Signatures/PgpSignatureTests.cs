using RelayOps.Adapters.Signatures;
using RelayOps.Adapters.Tests.Encryption;
using RelayOps.Adapters.Tests.Operations;
using RelayOps.Core;
using RelayOps.Core.Backups;

namespace RelayOps.Adapters.Tests.Signatures;

/// <summary>What a signature by a PGP key is worth once the record was changed, or its key has ended.</summary>
[Collection(OneKeyring.Name)]
public sealed class PgpSignatureTests(CipherKeys keys)
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("time")]
    [InlineData("server")]
    [InlineData("encryption")]
    [InlineData("no signature")]
    [InlineData("empty signature")]
    public async Task RunAsync_refuses_a_record_that_was_changed_since(string forgery)
    {
        var scene = await SceneAsync("plain.key", "plain.asc");
        scene.Backup = backup => backup with { Record = SignatureTests.Forging[forgery](backup.Record!) };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync());

        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    /// <summary>A signature of the same key, by somebody trusted, but of another backup.</summary>
    [Fact]
    public async Task RunAsync_refuses_the_signature_of_another_backup()
    {
        var (scene, other) = (await SceneAsync("plain.key", "plain.asc"), await SceneAsync("plain.key", "plain.asc"));
        other.Env += "ADMIN_USERNAME=other\n";
        await other.VerifyAsync();
        scene.Backup = backup => backup with { Record = backup.Record! with { Signature = other.Store!.Saved!.Signature } };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync());

        Assert.Equal((ExitStatus.BadBackup, "the backup is not trusted"), (error.Status, error.What));
    }

    /// <summary>gpg itself is content with either, and ends with 0.</summary>
    [Theory]
    [InlineData("expired.asc")]
    [InlineData("revoked.asc")]
    public async Task RunAsync_refuses_a_key_that_has_ended_since(string ended)
    {
        await MakeEndingKeyAsync();
        var scene = await SceneAsync("ending.key", "ending.asc");
        Assert.Equal("ending@example.org", (await scene.VerifyAsync()).Report.SignedBy);
        scene.TrustedSigners = await Signers.TrustedAsync(keys.At(ended), "/", Patience);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync());

        Assert.Equal((ExitStatus.BadBackup, "the backup is not trusted"), (error.Status, error.What));
        Assert.Contains("has expired or was revoked", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForSigningAsync_refuses_a_key_that_has_expired()
    {
        await MakeEndingKeyAsync();

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Signers.ForSigningAsync(keys.At("expired.key"), null, "/", Patience));

        Assert.Equal((ExitStatus.WrongUse, "cannot use --sign-with"), (error.Status, error.What));
    }

    /// <summary>gpg starts one where none runs, and would leave it there for good.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DisposeAsync_ends_the_agent_of_the_keyring_that_signing_has_started_and_no_other(bool ranBefore)
    {
        Environment.SetEnvironmentVariable("GNUPGHOME", keys.GnupgHome);
        await keys.ShAsync("gpgconf --kill gpg-agent");
        await NoAgentAsync();
        if (ranBefore)
            await keys.ShAsync("gpg-connect-agent /bye");
        var signer = await Signers.ForSigningAsync(keys.Text("plain.fpr").Trim(), null, "/", Patience);
        await signer.SignAsync("statement"u8.ToArray(), Patience);
        var during = await AgentAsync();
        Assert.NotEmpty(during);

        await ((IAsyncDisposable)signer).DisposeAsync();

        if (ranBefore)
            Assert.Equal(during, await AgentAsync());
        else
            await NoAgentAsync();
    }

    /// <summary>One that was told to end takes a moment.</summary>
    private async Task NoAgentAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await AgentAsync()).Length > 0)
            await tick.WaitForNextTickAsync(patience.Token);
    }

    private async Task<string> AgentAsync() => await keys.ShAsync("gpg-connect-agent --no-autostart 'GETINFO pid' /bye 2>/dev/null | sed -n 's/^D //p'");

    /// <summary>Made in 2020, when it had no end yet; then it got one, and in another keyring its own certificate of revocation.</summary>
    private async Task MakeEndingKeyAsync() => await keys.ShAsync("""
        rm -rf ending revoking
        mkdir -m 700 ending revoking
        gpg="gpg --homedir ending --batch --yes --quiet --pinentry-mode loopback"
        $gpg --passphrase '' --faked-system-time 20200101T000000 --quick-generate-key ending@example.org ed25519 sign never
        fingerprint=$($gpg --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }')
        $gpg --armor -o ending.asc --export
        $gpg --armor -o ending.key --export-secret-keys
        sed 's/^:---/---/' "ending/openpgp-revocs.d/$fingerprint.rev" > ending.rev
        gpg --homedir revoking --batch --quiet --import ending.asc ending.rev
        gpg --homedir revoking --batch --yes --armor -o revoked.asc --export
        $gpg --passphrase '' --faked-system-time 20200102T000000 --quick-set-expire "$fingerprint" 20200110T000000
        $gpg --armor -o expired.asc --export
        $gpg --armor -o expired.key --export-secret-keys
        for home in ending revoking; do gpgconf --homedir $home --kill all; done
        """);

    private async Task<VerifyScene> SceneAsync(string key, string trusted) => new()
    {
        Signer = await Signers.ForSigningAsync(keys.At(key), null, "/", Patience),
        TrustedSigners = await Signers.TrustedAsync(keys.At(trusted), "/", Patience),
    };
}
