using RelayOps.Adapters.Hosts;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Hosts;

public sealed class SshHostsTests
{
    private static readonly SshConnection Connection = new() { Target = SshTarget.Parse("host.invalid") };

    [Fact]
    public void Transports_begin_with_ssh_net_where_it_is_built_in() =>
        Assert.Equal(typeof(SshHosts).Assembly.GetReferencedAssemblies().Any(name => name.Name == "Renci.SshNet") ? ["ssh-net", "open-ssh"] : ["open-ssh"], SshHosts.Transports);

    [Fact]
    public async Task OpenAsync_refuses_an_unknown_transport_and_names_the_known_ones()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => SshHosts.OpenAsync(Connection with { Transport = "telnet" }, TimeProvider.System, CancellationToken.None));
        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("open-ssh", error.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_says_what_to_do_where_ssh_net_is_not_built_in()
    {
        if (SshHosts.Transports.Contains("ssh-net"))
        {
            Assert.Equal("ssh-net", SshHosts.Transports[0]);
            return;
        }

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => SshHosts.OpenAsync(Connection with { Transport = "ssh-net" }, TimeProvider.System, CancellationToken.None));
        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("--transport open-ssh", error.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/key", null)]
    [InlineData(null, "/no/such/file")]
    public async Task OpenAsync_refuses_files_that_do_not_exist(string? key, string? knownHosts)
    {
        var connection = Connection with { Transport = "open-ssh", Key = key, KnownHosts = knownHosts };
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => SshHosts.OpenAsync(connection, TimeProvider.System, CancellationToken.None));
        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    [Fact]
    public async Task OpenAsync_says_that_a_name_does_not_resolve()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => SshHosts.OpenAsync(Connection with { Transport = "open-ssh" }, TimeProvider.System, CancellationToken.None));
        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Contains("does not resolve", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_prints_no_secret() =>
        Assert.Equal("host.invalid", (Connection with { Key = "PRIVATE", KeyPassphrase = "hush" }).ToString());
}
