using System.Text;
using RelayOps.Adapters.Hosts;

namespace RelayOps.Adapters.Tests.Hosts;

public sealed class KnownHostsTests
{
    private static readonly byte[] Key = Blob("ssh-ed25519", 1);
    private static readonly byte[] Other = Blob("ssh-ed25519", 2);

    [Theory]
    [InlineData("host.example", 22, "host.example")]
    [InlineData("HOST.example", 22, "host.Example")]
    [InlineData("203.0.113.7", 2222, "[203.0.113.7]:2222")]
    [InlineData("2001:db8::7", 22, "2001:db8::7")]
    [InlineData("2001:db8::7", 2222, "[2001:db8::7]:2222")]
    [InlineData("a.example", 22, "x,*.example")]
    [InlineData("a1", 22, "a?")]
    [InlineData("a", 2222, "[*]:2222")]
    public void Check_trusts_a_known_key(string host, int port, string names) =>
        Assert.Null(KnownHosts.Parse($"{names} ssh-ed25519 {Text(Key)} comment\n").Check(host, port, Key));

    [Theory]
    [InlineData("host", 2222, "host")]
    [InlineData("host", 22, "[host]:2222")]
    [InlineData("other", 22, "host")]
    [InlineData("bad.example", 22, "*.example,!bad.example")]
    [InlineData("a12", 22, "a?")]
    public void Check_does_not_know_another_name_or_port(string host, int port, string names) =>
        Assert.Equal(HostKeyState.Unknown, KnownHosts.Parse($"{names} ssh-ed25519 {Text(Key)}\n").Check(host, port, Key));

    /// <summary>|1|salt|HMAC-SHA1 of the name: what ssh-keygen -H writes.</summary>
    [Fact]
    public void Check_finds_a_hashed_name()
    {
        var salt = Enumerable.Range(0, 20).Select(i => (byte)i).ToArray();
#pragma warning disable CA5350 // The format's own.
        var hash = System.Security.Cryptography.HMACSHA1.HashData(salt, "[127.0.0.1]:2222"u8);
#pragma warning restore CA5350
        var hosts = KnownHosts.Parse($"|1|{Convert.ToBase64String(salt)}|{Convert.ToBase64String(hash)} ssh-ed25519 {Text(Key)}");
        Assert.Null(hosts.Check("127.0.0.1", 2222, Key));
        Assert.Equal(HostKeyState.Unknown, hosts.Check("127.0.0.1", 22, Key));
    }

    [Fact]
    public void Check_tells_a_changed_key() =>
        Assert.Equal(HostKeyState.Changed, KnownHosts.Parse($"host ssh-ed25519 {Text(Other)}").Check("host", 22, Key));

    [Fact]
    public void Check_does_not_call_a_key_of_a_new_type_changed() =>
        Assert.Equal(HostKeyState.Unknown, KnownHosts.Parse($"host ssh-rsa {Text(Blob("ssh-rsa", 3))}").Check("host", 22, Key));

    [Fact]
    public void Check_refuses_a_revoked_key_even_where_another_line_knows_it() =>
        Assert.Equal(HostKeyState.Revoked, KnownHosts.Parse($"host ssh-ed25519 {Text(Key)}\n@revoked * ssh-ed25519 {Text(Key)}").Check("host", 22, Key));

    [Fact]
    public void Check_does_not_take_an_authority_for_a_host_key()
    {
        var hosts = KnownHosts.Parse($"@cert-authority *.example ssh-ed25519 {Text(Key)}");
        Assert.Equal(HostKeyState.Unknown, hosts.Check("a.example", 22, Key));
        Assert.True(hosts.HasAuthority("a.example", 22));
        Assert.False(hosts.HasAuthority("a.test", 22));
    }

    [Theory]
    [InlineData("# host ssh-ed25519 KEY")]
    [InlineData("@other host ssh-ed25519 KEY")]
    [InlineData("host ssh-rsa KEY")]
    [InlineData("host KEY")]
    [InlineData("host ssh-ed25519 not-base64!")]
    [InlineData("|1|x|y ssh-ed25519 KEY")]
    public void Check_passes_over_lines_that_vouch_for_nobody(string line) =>
        Assert.Equal(HostKeyState.Unknown, KnownHosts.Parse(line.Replace("KEY", Text(Key), StringComparison.Ordinal)).Check("host", 22, Key));

    [Fact]
    public void TypesFor_lists_what_is_known() =>
        Assert.Equal(["ssh-rsa", "ssh-ed25519"], KnownHosts.Parse($"host ssh-rsa {Text(Blob("ssh-rsa", 1))}\nhost ssh-ed25519 {Text(Key)}\nx ssh-dss {Text(Blob("ssh-dss", 1))}").TypesFor("host", 22));

    /// <summary>Whatever the text: no exception, and only the very key is trusted.</summary>
    [Fact]
    public void Check_trusts_no_other_key_on_20000_mutated_files()
    {
        var random = new Random(20261123);
        var sound = $"host,*.example,!no.example ssh-ed25519 {Text(Key)} c\n@revoked x ssh-ed25519 {Text(Key)}\n|1|AAAA|BBBB ssh-ed25519 {Text(Key)}\n";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder(sound);
            for (var left = random.Next(1, 12); left > 0; left--)
                text[random.Next(text.Length)] = (char)random.Next(random.Next(2) == 0 ? 128 : 0x2000);
            var hosts = KnownHosts.Parse(text.ToString());
            Assert.NotNull(hosts.Check("host", 22, Other));
            Assert.NotNull(hosts.Check("host", 22, []));
        }
    }

    private static string Text(byte[] key) => Convert.ToBase64String(key);

    private static byte[] Blob(string type, byte fill) => [0, 0, 0, (byte)type.Length, .. Encoding.ASCII.GetBytes(type), 0, 0, 0, 32, .. Enumerable.Repeat(fill, 32)];
}
