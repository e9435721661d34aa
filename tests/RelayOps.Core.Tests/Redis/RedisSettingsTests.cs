using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Redis;

public sealed class RedisSettingsTests
{
    [Fact]
    public void Parse_lets_the_command_line_win_over_the_file()
    {
        var settings = RedisSettings.Parse(["redis-server", "/etc/redis.conf", "--requirepass", "from line"], "requirepass \"from file\"\nport 7000\n");

        Assert.Equal("from line", settings.Password);
        Assert.Equal((string[])["-p", "7000"], settings.CliArguments(host: null));
    }

    [Fact]
    public void Parse_reads_a_command_line_inside_a_shell()
    {
        var settings = RedisSettings.Parse(["sh", "-c", "redis-server --appendonly yes --requirepass 'a b'"], null);

        Assert.Equal("a b", settings.Password);
    }

    [Fact]
    public void CliArguments_use_tls_where_no_plain_port_is_open()
    {
        var settings = RedisSettings.Parse(
            ["redis-server", "--port", "0", "--tls-port", "6380", "--tls-ca-cert-file", "/tls/ca.crt"], null);

        Assert.Equal((string[])["-p", "6380", "--tls", "--cacert", "/tls/ca.crt"], settings.CliArguments(host: null));
    }

    [Fact]
    public void CliArguments_use_the_socket_where_no_port_is_open()
    {
        var settings = RedisSettings.Parse(["redis-server", "--port", "0", "--unixsocket", "/run/redis.sock"], null);

        Assert.Equal((string[])["-s", "/run/redis.sock"], settings.CliArguments(host: null));
    }
}
