using System.Text;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Tests.Hosts;

public sealed class SshTargetTests
{
    [Theory]
    [InlineData("host", null, "host", null)]
    [InlineData("ubuntu@203.0.113.7:2222", "ubuntu", "203.0.113.7", 2222)]
    [InlineData("a.b-c_d@my-host.example.com", "a.b-c_d", "my-host.example.com", null)]
    [InlineData("[2001:db8::7]:22", null, "2001:db8::7", 22)]
    [InlineData("root@[::1]", "root", "::1", null)]
    [InlineData("root@::1", "root", "::1", null)]
    [InlineData("fe80::1%eth0", null, "fe80::1%eth0", null)]
    [InlineData("user@corp.example@host", "user@corp.example", "host", null)]
    [InlineData("CORP\\user@host", "CORP\\user", "host", null)]
    [InlineData("host:65535", null, "host", 65535)]
    [InlineData("münchen.example", null, "münchen.example", null)]
    public void Parse_reads_user_host_and_port(string text, string? user, string host, int? port) =>
        Assert.Equal(new SshTarget { User = user, Host = host, Port = port }, SshTarget.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("@host")]
    [InlineData("user@")]
    [InlineData("-oProxyCommand=id")]
    [InlineData("-l@host")]
    [InlineData("user@-host")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:")]
    [InlineData("host:22x")]
    [InlineData("host:+22")]
    [InlineData("a host")]
    [InlineData("host\n")]
    [InlineData("ho\0st")]
    [InlineData("[::1")]
    [InlineData("[::1]22")]
    [InlineData("[host]:22")]
    [InlineData("::1:zz")]
    [InlineData("[fe80::1%]")]
    [InlineData("$(id)@host")]
    [InlineData("user@`id`")]
    [InlineData("user@host;id")]
    [InlineData("user:secret@host")]
    [InlineData("%h@host")]
    public void Parse_refuses_what_is_no_target(string text)
    {
        var error = Assert.Throws<RelayOpsException>(() => SshTarget.Parse(text));
        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Either it is refused as wrong use, or it is safe to hand to ssh and reads back as itself.</summary>
    [Fact]
    public void Parse_never_fails_otherwise_on_20000_generated_inputs()
    {
        var random = new Random(20261123);
        var accepted = 0;
        for (var i = 0; i < 20_000; i++)
            accepted += Check(Generate(random)) ? 1 : 0;
        Assert.InRange(accepted, 1_000, 19_000);
    }

    private static bool Check(string text)
    {
        SshTarget target;
        try
        {
            target = SshTarget.Parse(text);
        }
        catch (RelayOpsException e)
        {
            Assert.Equal(ExitStatus.WrongUse, e.Status);
            Assert.DoesNotContain(e.Message, char.IsControl);
            return false;
        }

        Assert.Equal(target, SshTarget.Parse(target.ToString()));
        Assert.NotEqual('-', target.Host[0]);
        Assert.DoesNotContain(target.Host + target.User, c => char.IsWhiteSpace(c) || char.IsControl(c) || "'\"`$;&|<>".Contains(c, StringComparison.Ordinal));
        return true;
    }

    private static string Generate(Random random)
    {
        string[] parts = ["user", "@", "host", ":", "22", "[", "]", "::1", "2001:db8::7", "-", "%", "eth0", "example.com", " ", "\n", "\0", "ü", "\ud83d", "$", ";", "65536", "0", "\\", "'", "a"];
        var text = new StringBuilder();
        for (var left = random.Next(1, 8); left > 0; left--)
            text.Append(random.Next(10) == 0 ? ((char)random.Next(0x300)).ToString() : parts[random.Next(parts.Length)]);
        return text.ToString();
    }
}
