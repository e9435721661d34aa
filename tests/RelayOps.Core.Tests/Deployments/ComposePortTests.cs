using System.Net;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Tests.Deployments;

public class ComposePortTests
{
    [Theory]
    [InlineData("${BIND_HOST:-0.0.0.0}:${PORT:-3000}:3000", "", "3000/tcp")]
    [InlineData("${BIND_HOST:-0.0.0.0}:${PORT:-3000}:3000", "PORT=3100\nBIND_HOST=127.0.0.1", "3100/tcp")]
    [InlineData("8000-8010:8000-8010", "", "8000-8010/tcp")]
    [InlineData("53:53/udp", "", "53/udp")]
    [InlineData("[::1]:3000:3000", "", "3000/tcp")]
    [InlineData("3000", "", null)]
    [InlineData("${PORT}:3000", "", null)]
    [InlineData("70000:3000", "", null)]
    public void Of_reads_what_a_service_publishes(string text, string environment, string? expected)
    {
        var ports = ComposePort.Of([File(text)], DotEnv.Parse(environment));

        Assert.Equal(expected, ports.SingleOrDefault()?.ToString());
    }

    [Theory]
    [InlineData("127.0.0.1:3000:3000", "127.0.0.1", 3000, true)]
    [InlineData("127.0.0.1:3000:3000", "10.0.0.1", 3000, false)]
    [InlineData("127.0.0.1:3000:3000", "0.0.0.0", 3000, true)]
    [InlineData("3000:3000", "10.0.0.1", 3000, true)]
    [InlineData("3000:3000", "::", 3001, false)]
    public void Meets_knows_who_is_in_the_way(string text, string address, int port, bool expected) =>
        Assert.Equal(expected, ComposePort.Of([File(text)], DotEnv.Parse("")).Single().Meets(new IPEndPoint(IPAddress.Parse(address), port)));

    [Theory]
    [InlineData("$NAME-${NAME}", "a-a")]
    [InlineData("${NONE:-b}${EMPTY:-c}${EMPTY-d}", "bc")]
    [InlineData("${NAME:+e}${EMPTY:+f}${NAME:?must be}", "ea")]
    [InlineData("$$NAME 1$", "$NAME 1$")]
    public void Resolve_follows_the_rules_of_compose(string text, string expected) =>
        Assert.Equal(expected, ComposeVariables.Resolve(text, DotEnv.Parse("NAME=a\nEMPTY=\n")));

    private static ComposeFile File(string port) => new()
    {
        Services = [new ComposeService { Name = "claude-relay", Ports = [port] }],
        ReferencedPaths = [],
    };
}
