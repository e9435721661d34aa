using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Migrate;

namespace RelayOps.Core.Tests.Operations.Migrate;

public sealed class DirectSendTests
{
    private static readonly SshAddress Address = new("203.0.113.9", 2222, ["ssh-ed25519 AAAA", "ecdsa-sha2-nistp256 BBBB"]);

    [Fact]
    public void Command_trusts_the_keys_of_this_machine_and_asks_nobody()
    {
        var command = new DirectSend("/dev/shm/key", "ubuntu", Address).Command("3", "zstd", HostCommand.Reading("cat", "a file"));

        Assert.Equal(CommandEffect.Changes, command.Effect);
        var words = string.Join(' ', command.Arguments.SkipWhile(word => word != "-F"));
        Assert.StartsWith("-F /dev/null -T -a -x -e none -i key -l ubuntu -p 2222 ", words);
        foreach (var option in new[] { "IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes", "UserKnownHostsFile=known_hosts", "GlobalKnownHostsFile=/dev/null", "CheckHostIP=no" })
            Assert.Contains($"-o {option} ", words);
        Assert.EndsWith(" -- 203.0.113.9 cat a file", words);
        Assert.Equal("relayops-new-server ssh-ed25519 AAAA\nrelayops-new-server ecdsa-sha2-nistp256 BBBB\n", System.Text.Encoding.ASCII.GetString(DirectSend.KnownHosts(Address)));
    }

    [Fact]
    public void Parse_tells_what_arrived_and_how_much_of_it()
    {
        var answer = DirectAnswer.Parse(["said abc", "said ", "ssh Authenticated to 203.0.113.9", "ssh Transferred: sent 1234, received 56 bytes, in 0.1 seconds", "read 0", "link 0"], "digest x");

        Assert.True(answer.HasArrived);
        Assert.Equal((1234, 0, "abc\n"), (answer.Bytes, answer.Read, answer.Said));
    }

    [Theory]
    [InlineData("Connection reset by peer", 255, false)]
    [InlineData("No ED25519 host key is known for relayops-new-server and you have requested strict checking.|Host key verification failed.", 255, true)]
    [InlineData("Host key verification failed.", 1, false)]
    public void Parse_tells_another_server_from_a_way_that_broke(string said, int status, bool isOther)
    {
        var answer = DirectAnswer.Parse([.. said.Split('|').Select(line => $"ssh {line}"), "ssh Transferred: sent 12, received 5 bytes, in 0.1 seconds", "read 141", $"link {status}"], "size 5");

        Assert.False(answer.HasArrived);
        Assert.Equal(isOther, answer.IsWrongHostKey);
        Assert.Equal(said.Split('|')[^1], answer.Why);
    }

    [Fact]
    public void Parse_takes_a_command_that_was_cut_off_for_a_link_that_failed() => Assert.False(DirectAnswer.Parse(["read 0"], "").HasArrived);
}
