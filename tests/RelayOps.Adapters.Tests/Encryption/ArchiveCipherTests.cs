using System.Diagnostics;
using System.Security.Cryptography;
using RelayOps.Adapters.Encryption;
using RelayOps.Core;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Tests.Encryption;

/// <summary>What every cipher owes, for every kind of recipient, with the tools themselves.</summary>
[Collection(OneKeyring.Name)]
public sealed class ArchiveCipherTests(CipherKeys keys)
{
    private static readonly byte[] Plain = RandomNumberGenerator.GetBytes(3_000_000);

    public static TheoryData<string> Kinds => CipherKeys.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Open_gives_back_what_was_sealed(string kind)
    {
        var ciphertext = await keys.SealAsync(kind, Plain);

        Assert.Equal(Plain, await OpenAsync(keys.Opening(kind), ciphertext));
        Assert.True(ciphertext.Length < Plain.Length * 1.01);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Sealed_opens_with_the_standard_tool_alone(string kind)
    {
        await File.WriteAllBytesAsync(keys.At("sealed"), await keys.SealAsync(kind, Plain));
        await File.WriteAllTextAsync(keys.At("pw"), CipherKeys.Passphrase + "\n");
        var key = kind == "age" ? "age.key" : kind;
        await keys.ShAsync(kind == "age passphrase" ? "script -qec 'age -d -o opened sealed' /dev/null <pw"
            : EncryptionRecipients.Parse(keys.EncryptTo(kind)).Tool == "age" ? $"age -d -i {key} -o opened sealed"
            : "gpg --homedir gnupg --batch --yes --quiet --pinentry-mode loopback --passphrase-file pw -o opened -d sealed");

        Assert.Equal(Plain, await File.ReadAllBytesAsync(keys.At("opened")));
        if (EncryptionRecipients.Parse(keys.EncryptTo(kind)).Tool == "gpg")
            await AssertAes256Async(kind);
    }

    /// <summary>gpg calls AES-256 the ninth. Source: RFC 4880, section 9.2; "DECRYPTION_INFO" in GnuPG's DETAILS.</summary>
    private async Task AssertAes256Async(string kind)
    {
        const string Gpg = "gpg --homedir gnupg --batch --yes --quiet --pinentry-mode loopback --passphrase-file pw";
        Assert.Matches(@"(?m)^\[GNUPG:\] DECRYPTION_INFO \d+ 9( |$)", await keys.ShAsync($"{Gpg} --status-fd 1 -o opened -d sealed"));
        if (kind == "passphrase")
            Assert.Matches("(?m)^:symkey enc packet: version 4, cipher 9,", await keys.ShAsync($"{Gpg} --list-packets sealed"));
    }

    [Theory]
    [InlineData("age", "age")]
    [InlineData("passphrase", "gpg")]
    [InlineData("age passphrase", "age")]
    [InlineData("pgp path", "gpg")]
    public async Task Open_with_something_else_ends_in_4(string kind, string tool)
    {
        var ciphertext = await keys.SealAsync(kind, Plain);
        var means = kind.EndsWith("passphrase", StringComparison.Ordinal) ? new DecryptionMeans { Passphrase = "another canary" }
            : tool == "age" ? new DecryptionMeans { Identity = keys.At("other.key") }
            : new DecryptionMeans { Identity = keys.At("locked.key"), Passphrase = CipherKeys.Passphrase };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => OpenAsync(ArchiveCiphers.FindForOpening(tool, means)!, ciphertext));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.DoesNotContain("canary", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("age")]
    [InlineData("passphrase")]
    [InlineData("pgp text")]
    public async Task Open_tells_a_changed_or_missing_byte(string kind)
    {
        var ciphertext = await keys.SealAsync(kind, Plain[..100_000]);
        var changed = ciphertext.ToArray();
        changed[^200] ^= 1;

        foreach (var damaged in new[] { changed, ciphertext[..^1], ciphertext[..60_000] })
        {
            var error = await Assert.ThrowsAsync<RelayOpsException>(() => OpenAsync(keys.Opening(kind), damaged));
            Assert.Equal(ExitStatus.BadBackup, error.Status);
        }
    }

    /// <summary>A passphrase takes a fraction of a second each time, with age a second, to make guessing slow: of their bytes a few.</summary>
    [Theory]
    [InlineData("age", 1)]
    [InlineData("passphrase", 7)]
    [InlineData("age passphrase", 79)]
    public async Task Open_tells_a_change_of_each_byte(string kind, int step)
    {
        var ciphertext = await keys.SealAsync(kind, Plain[..64]);
        await Parallel.ForEachAsync(Enumerable.Range(0, ciphertext.Length).Where(at => at % step == 0), async (at, _) =>
        {
            var changed = ciphertext.ToArray();
            changed[at] ^= 1;
            var error = await Record.ExceptionAsync(() => OpenAsync(keys.Opening(kind), changed));
            Assert.True(error is RelayOpsException { Status: ExitStatus.BadBackup }, $"byte {at} of {ciphertext.Length}: {error}");
        });
    }

    [Fact]
    public async Task Open_tells_a_failing_source_by_its_own_error()
    {
        await using var opened = keys.Opening("age").Open(new FailingStream());

        Assert.Equal("the disk broke", (await Assert.ThrowsAsync<IOException>(() => opened.CopyToAsync(Stream.Null))).Message);
    }

    /// <summary>gpg leaves private keys to an agent, which is no child of ours and would go on for good.</summary>
    [Fact]
    public async Task Open_leaves_no_agent_behind_when_it_is_read_to_its_end_or_given_up()
    {
        var ciphertext = await keys.SealAsync("pgp locked", Plain);
        await using (var opened = keys.Opening("pgp locked").Open(new MemoryStream(ciphertext)))
        {
            Assert.NotEqual(0, await opened.ReadAsync(new byte[1000]));
            Assert.True(HasAgent());
        }

        await NoAgentAsync();
        Assert.Equal(Plain, await OpenAsync(keys.Opening("pgp locked"), ciphertext));
        await NoAgentAsync();
    }

    /// <summary>One that was told to end takes a moment.</summary>
    private static async Task NoAgentAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (HasAgent())
            await tick.WaitForNextTickAsync(patience.Token);
    }

    /// <summary>One that serves a private directory of this process.</summary>
    private static bool HasAgent() => Process.GetProcessesByName("gpg-agent").Any(agent => CommandLine(agent).Contains($"-{Environment.ProcessId}-", StringComparison.Ordinal));

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            // It ended in between.
            return "";
        }
    }

    [Fact]
    public async Task Seal_for_several_opens_for_each()
    {
        var recipients = EncryptionRecipients.Parse($"{keys.EncryptTo("age")}\n{keys.EncryptTo("ssh-ed25519")}");
        var cipher = await ArchiveCiphers.ForSealingAsync(recipients, new DecryptionMeans(), "/", default);
        using var output = new MemoryStream();
        await using (var seal = cipher.Seal(output))
            await seal.WriteAsync(Plain);

        foreach (var kind in new[] { "age", "ssh-ed25519" })
            Assert.Equal(Plain, await OpenAsync(keys.Opening(kind), output.ToArray()));
    }

    [Theory]
    [InlineData("/nowhere/key.asc", "no file")]
    [InlineData("0123456789012345678901234567890123456789", "keyring")]
    [InlineData("passphrase", "needs a passphrase")]
    [InlineData("age-passphrase", "needs a passphrase")]
    [InlineData("ssh-ed25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "age failed")]
    [InlineData("/etc/hostname", "gpg failed")]
    public async Task ForSealing_refuses_before_anything_is_sealed(string encryptTo, string why)
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(
            () => ArchiveCiphers.ForSealingAsync(EncryptionRecipients.Parse(encryptTo), new DecryptionMeans(), "/", default));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("age", "/nowhere/identity")]
    [InlineData("age", "AGE-SECRET-KEY-1CANARY")]
    [InlineData("gpg", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nCANARY\n")]
    public async Task Open_refuses_what_is_no_identity(string tool, string identity)
    {
        var ciphertext = await keys.SealAsync(tool == "age" ? "age" : "pgp path", Plain);
        var cipher = ArchiveCiphers.FindForOpening(tool, new DecryptionMeans { Identity = identity })!;

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => OpenAsync(cipher, ciphertext));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.DoesNotContain("CANARY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_tools_say_what_to_install()
    {
        await using var opened = new GpgCipher { Program = "no-such-gpg", Means = keys.Means("passphrase") }.Open(new MemoryStream(Plain));
        var errors = new[]
        {
            Assert.Throws<RelayOpsException>(() => new AgeCipher { Program = "no-such-age" }.Seal(Stream.Null)),
            await Assert.ThrowsAsync<RelayOpsException>(async () =>
                await new AgeCipher { Program = "no-such-age", WithPassphrase = true, Means = keys.Means("passphrase") }.Seal(Stream.Null).DisposeAsync()),
            Assert.Throws<RelayOpsException>(() => new GpgCipher { Program = "no-such-gpg" }.Seal(Stream.Null)),
            await Assert.ThrowsAsync<RelayOpsException>(() => opened.CopyToAsync(Stream.Null)),
        };

        Assert.All(errors, error => Assert.Equal(ExitStatus.WrongUse, error.Status));
        Assert.All(errors, error => Assert.Contains("apt-get install", error.Next, StringComparison.Ordinal));
    }

    internal static async Task<byte[]> OpenAsync(IArchiveCipher cipher, byte[] ciphertext)
    {
        await using var opened = cipher.Open(new MemoryStream(ciphertext));
        using var plain = new MemoryStream();
        await opened.CopyToAsync(plain);
        return plain.ToArray();
    }

    private sealed class FailingStream : Core.Streams.ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the disk broke");
    }
}
