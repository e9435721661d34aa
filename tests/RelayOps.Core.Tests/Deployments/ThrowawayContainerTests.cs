using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Tests.Deployments;

public sealed class ThrowawayContainerTests
{
    private static readonly HostCommand Command = HostCommand.ChangingScript("cat > \"$1\"", "a file").Waiting(TimeSpan.FromSeconds(7));

    [Theory]
    [InlineData("/srv/relay")]
    [InlineData("/srv/a \"b\",'c'")]
    public void Find_finds_what_was_put_into_one(string directory)
    {
        var route = new FileRoute("in a container", directory, [.. new DockerCli(NeedsSudo: false).ThrowawayAsRoot("sha256:1", directory)]);

        var found = ThrowawayContainer.Find(route.Run(Command));

        Assert.Equal(new ThrowawayContainer("sha256:1", directory, Command), found);
        Assert.Equal((Command.Waits, Command.Effect), (found!.Command.Waits, found.Command.Effect));
        Assert.Equal((Command.Waits, Command.Effect), (found.EnterCommand("x").Waits, found.EnterCommand("x").Effect));
    }

    [Fact]
    public void Find_leaves_every_other_command_alone()
    {
        var docker = new DockerCli(NeedsSudo: false);

        Assert.All([Command, docker.Exec("id", "0", Command), docker.Reading("run", "--rm", "-i", "image", "true"),
            Command.Through("docker", [.. ThrowawayContainer.Words("image", "/d")[..^3], "--entrypoint", "sh", "image"]),
            Command.Through("sudo", ["-n", .. new DockerCli(NeedsSudo: true).ThrowawayAsRoot("image", "/d")[1..]])],
            command => Assert.Null(ThrowawayContainer.Find(command)));
    }
}
