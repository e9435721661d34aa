using RelayOps.Core.Deployments;

namespace RelayOps.Core.Tests.Deployments;

public sealed class ServerSurveyTests
{
    private const string Typical = """
        user=ubuntu
        node=relay
        machine=abc
        now=1754400000
        asked=/home/ubuntu/claude-relay-deployment
        path=/home/ubuntu/claude-relay-deployment
        free=1000
        compose=docker-compose.yml
        env=yes
        writable=yes
        tool=docker
        tool=tar
        sudo=yes
        refused=permission denied while trying to connect to the Docker daemon socket
        docker=sudo -n docker
        version=20.10.24
        program=docker-compose
        """;

    [Fact]
    public void Parse_reads_what_the_server_said()
    {
        var survey = ServerSurvey.Parse(Typical, "server", "~/claude-relay-deployment");

        Assert.Equal("/home/ubuntu/claude-relay-deployment", survey.Path);
        Assert.Equal(1_024_000, survey.FreeBytes);
        Assert.Equal(new DockerCli(NeedsSudo: true), survey.Docker);
        Assert.Equal("docker-compose", survey.ComposeProgram);
        Assert.True(survey is { HasEnvironmentFile: true, IsWritable: true, CanSudo: true });
        Assert.Equal(["docker", "tar"], survey.Tools.Order());
    }

    [Theory]
    [InlineData("user=u\nnow=1\nasked=/home/u/x\n", "/home/u/x does not exist")]
    [InlineData("user=u\nnow=1\nasked=/home/u/x\nclosed=/home/u/x\n", "cannot enter /home/u/x")]
    [InlineData("user=u\nnow=1\npath=/home/u/x\nfree=1\n", "is no deployment")]
    [InlineData("This account is not available.\n", "cannot look around")]
    public void Parse_refuses_what_is_no_deployment(string said, string what)
    {
        var error = Assert.Throws<RelayOpsException>(() => ServerSurvey.Parse(said, "server", "~/x"));

        Assert.Contains(what, error.What, StringComparison.Ordinal);
        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    [Fact]
    public void Command_hands_the_path_over_as_an_argument()
    {
        var command = ServerSurvey.Command("~/relay $(reboot)").ToString();

        Assert.EndsWith(" sh '~/relay $(reboot)'", command, StringComparison.Ordinal);
    }
}
