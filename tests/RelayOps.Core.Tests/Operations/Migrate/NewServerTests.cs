using System.Net;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Migrate;

namespace RelayOps.Core.Tests.Operations.Migrate;

public class NewServerTests
{
    [Fact]
    public void Parse_reads_a_server_on_which_nothing_is_yet()
    {
        var server = NewServer.Parse(
            "now=1000\nuid=1001\ngid=1002\npath=/home/u/relay\nat=/home/u\nfree=2048\nwritable=yes\nhalf=\nsystem=ubuntu debian\napt=yes\n"
            + "listening=0100007F:0BB8\nlistening=00000000000000000000000000000000:0016\nlistening=0000000000000000FFFF00000100000A:0050\nlistening=?\n",
            "user=u\nnow=1000\nasked=/home/u/relay\nrefused=permission denied\ntool=docker\n", "host", "compose.yaml");

        Assert.Equal(("/home/u/relay", "compose.yaml", 2L << 20, "u"), (server.Survey.Path, server.Survey.ComposeFile, server.Survey.FreeBytes, server.Survey.User));
        Assert.Equal((1001, 1002, true, true), (server.UserId, server.GroupId, server.MayMakeDirectory, server.HasApt));
        Assert.Null(server.HalfPlaced);
        Assert.Null(server.Survey.Docker);
        Assert.Equal(
            [new IPEndPoint(IPAddress.Loopback, 3000), new IPEndPoint(IPAddress.IPv6Any, 22), new IPEndPoint(IPAddress.Parse("10.0.0.1"), 80)],
            server.Listening.AsEnumerable());
    }

    [Theory]
    [InlineData("", null, true)]
    [InlineData("tool=docker\nrefused=no", null, false)]
    [InlineData("tool=docker\ndocker=docker\nversion=20", null, true)]
    [InlineData("tool=docker\ndocker=docker\nversion=20", "docker compose", false)]
    public void IsNeeded_is_true_where_a_program_is_missing_and_not_where_docker_refuses(string survey, string? compose, bool expected)
    {
        var server = NewServer.Parse("now=1000\n", $"now=1000\n{survey}\n{(compose is null ? "" : $"program={compose}\n")}", "host", "compose.yaml");

        Assert.Equal(expected, DockerInstallation.IsNeeded(server));
    }

    [Fact]
    public void User_and_group_of_the_old_ssh_user_become_the_new_ones_and_nobody_elses()
    {
        var owners = new OwnerMap(OldUser: 1000, OldGroup: 1000, NewUser: 1001, NewGroup: 1002);

        Assert.Equal((1001, 1002, 999, 0), (owners.User(1000), owners.Group(1000), owners.User(999), owners.User(0)));
        Assert.Equal(0, new OwnerMap(0, 0, 1001, 1002).User(0));
    }
}
