using RelayOps.Adapters.Hosts;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Hosts;

public sealed class SshAddressesTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g";
    private const string Other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9A";

    [Theory]
    [InlineData("new.example", null, "", "new.example", 22, "new.example")]
    [InlineData("new.example", 2222, "port 2222\nhostname new.example", "new.example", 2222, "[new.example]:2222")]
    [InlineData("alias", null, "hostname 203.0.113.9\nport 2200", "203.0.113.9", 2200, "[203.0.113.9]:2200")]
    [InlineData("alias", 2201, "hostname 203.0.113.9\nport 2200", "203.0.113.9", 2201, "203.0.113.9")]
    [InlineData("alias", null, "hostname 203.0.113.9\nhostkeyalias relay", "203.0.113.9", 22, "relay")]
    public void Resolve_gives_what_another_machine_needs(string host, int? port, string settings, string wantedHost, int wantedPort, string knownAs)
    {
        var known = KnownHosts.Parse($"{knownAs} {Key} a remark\n@revoked {knownAs} {Other}\n{knownAs} {Other}\nsomebody {Other}\n@cert-authority {knownAs} {Other}\n");

        var address = SshAddresses.Resolve(new SshTarget { Host = host, Port = port }, SshAddresses.Parse(settings), known);

        Assert.Equal((wantedHost, wantedPort), (address.Host, address.Port));
        Assert.Equal(Key, Assert.Single(address.HostKeys));
    }

    [Fact]
    public async Task FindAsync_asks_ssh_for_what_it_uses()
    {
        var address = await SshAddresses.FindAsync(new SshConnection
        {
            Target = SshTarget.Parse("ubuntu@203.0.113.9:2222"),
            Transport = "open-ssh",
            KnownHosts = $"[203.0.113.9]:2222 {Key}\n203.0.113.9 {Other}\n",
        }, CancellationToken.None);

        Assert.Equal(("203.0.113.9", 2222), (address.Host, address.Port));
        Assert.Equal(Key, Assert.Single(address.HostKeys));
    }
}
