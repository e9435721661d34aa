using System.Text;
using RelayOps.Core.Operations.Migrate;

namespace RelayOps.Core.Tests.Operations.Migrate;

public sealed class MovedConfigTests
{
    private static readonly MovedConfig Config = new("/home/old/relay", new Dictionary<string, string> { ["PORT"] = "3001" });

    [Theory]
    [InlineData("- /home/old/relay/data:/app/data", "- /srv/new/data:/app/data")]
    [InlineData("- \"/home/old/relay:/all\"", "- \"/srv/new:/all\"")]
    [InlineData("- /home/old/relay2/data:/app/data", "- /home/old/relay2/data:/app/data")]
    public void Change_rewrites_the_old_directory_and_nothing_that_only_begins_like_it(string line, string expected) =>
        Assert.Equal(expected, Changed("docker-compose.yml", line));

    [Theory]
    [InlineData("PORT=3000\nA=1\n", "PORT=3001\nA=1\n")]
    [InlineData("A=1", "A=1\nPORT=3001\n")]
    [InlineData("# PORT=1\nexport PORT = 3000\nREDIS_PORT=6379\n", "# PORT=1\nexport PORT =3001\nREDIS_PORT=6379\n")]
    public void Change_sets_what_is_different_there_in_the_environment_alone(string text, string expected)
    {
        Assert.Equal(expected, Changed(".env", text));
        Assert.Equal(text, Changed("docker-compose.yml", text));
    }

    [Fact]
    public void Change_hands_out_the_very_bytes_where_nothing_changes()
    {
        byte[] content = [0xFF, 0xFE, (byte)'x'];
        Assert.Same(content, new MovedConfig("/a", new Dictionary<string, string>()).Change("docker-compose.yml", content, "/b"));
    }

    [Theory, InlineData(0, null), InlineData(65536, null), InlineData(null, "Relay"), InlineData(null, "relay\nPORT=1"), InlineData(null, "-relay")]
    public void Settings_refuses_what_is_no_port_or_no_name_of_a_project(int? port, string? project) =>
        Assert.Equal(ExitStatus.WrongUse, Assert.Throws<RelayOpsException>(() => MovedConfig.Settings(port, project)).Status);

    [Fact]
    public void Settings_names_what_is_asked_for_alone()
    {
        Assert.Empty(MovedConfig.Settings(null, null));
        Assert.Equal(new Dictionary<string, string> { ["PORT"] = "3001", ["COMPOSE_PROJECT_NAME"] = "relay-2" }, MovedConfig.Settings(3001, "relay-2"));
    }

    private static string Changed(string path, string text) => Encoding.UTF8.GetString(Config.Change(path, Encoding.UTF8.GetBytes(text), "/srv/new"));
}
