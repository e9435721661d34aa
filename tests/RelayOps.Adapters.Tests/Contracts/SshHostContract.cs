using RelayOps.Adapters.Hosts;
using RelayOps.Core;
using RelayOps.Core.Hosts;
using RelayOps.Testing.Ssh;

namespace RelayOps.Adapters.Tests.Contracts;

/// <summary>What every way to reach a server does, beyond what every host does: trust, login, and a network that fails.</summary>
public abstract class SshHostContract(SshdFixture fixture) : HostContract, IClassFixture<SshdFixture>
{
    protected ThrowawaySshd Sshd => fixture.Sshd;

    protected abstract string Transport { get; }

    protected override Task<IHost> OpenAsync(HostTimeouts timeouts, CancellationToken cancellationToken) =>
        SshHosts.OpenAsync(Sshd.Connection() with { Transport = Transport, Timeouts = timeouts }, TimeProvider.System, cancellationToken);

    [Fact]
    public async Task OpenAsync_refuses_an_unknown_host_and_shows_its_fingerprint()
    {
        var error = await FailAsync(Sshd.Connection() with { KnownHosts = Sshd.KnownHostsAt(1) });
        Assert.Contains(Sshd.Fingerprint, error.Why, StringComparison.Ordinal);
        Assert.Contains("ssh-keyscan -p", error.Next, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task OpenAsync_refuses_a_changed_host_key_and_shows_its_fingerprint()
    {
        await using var other = await ThrowawaySshd.StartAsync(Token);
        var error = await FailAsync(Sshd.Connection() with { KnownHosts = other.KnownHostsAt(Sshd.Port) });
        Assert.Contains("has changed", error.What, StringComparison.Ordinal);
        Assert.Contains("SHA256:", error.Why, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task OpenAsync_refuses_a_key_that_the_server_does_not_accept()
    {
        await using var other = await ThrowawaySshd.StartAsync(Token);
        var error = await FailAsync(Sshd.Connection() with { Key = other.KeyFile });
        Assert.Contains("cannot log in", error.What, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task OpenAsync_says_that_a_server_is_not_there()
    {
        var relay = CountingRelay.Start(Sshd.Port);
        var connection = Sshd.ConnectionThrough(relay);
        await relay.DisposeAsync();
        Assert.True((await FailAsync(connection)).IsTransient);
    }

    [Fact]
    public async Task OpenAsync_gives_up_on_a_server_that_says_nothing()
    {
        await using var relay = CountingRelay.Start(Sshd.Port);
        relay.Freeze();
        var error = await FailAsync(Sshd.ConnectionThrough(relay) with { Timeouts = new HostTimeouts { Connect = TimeSpan.FromSeconds(1) } });
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task OpenAsync_takes_a_key_as_text()
    {
        var text = (await File.ReadAllTextAsync(Sshd.KeyFile, Token)).TrimEnd().ReplaceLineEndings("\r\n");
        await using var host = await OpenAsync(Sshd.Connection() with { Key = text, KnownHosts = await File.ReadAllTextAsync(Sshd.KnownHosts, Token) });
        Assert.True((await host.RunAsync(HostCommand.Reading("true"), Token)).Succeeded);
    }

    [Fact]
    public async Task OpenAsync_opens_an_encrypted_key()
    {
        await using var host = await OpenAsync(Sshd.Connection() with { Key = Sshd.EncryptedKeyFile, KeyPassphrase = ThrowawaySshd.Passphrase });
        Assert.True((await host.RunAsync(HostCommand.Reading("true"), Token)).Succeeded);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong-one")]
    public async Task OpenAsync_says_that_the_passphrase_is_missing_or_wrong(string? passphrase)
    {
        var error = await FailAsync(Sshd.Connection() with { Key = Sshd.EncryptedKeyFile, KeyPassphrase = passphrase });
        Assert.Contains("passphrase", error.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", error.ToString(), StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task WaitAsync_says_that_the_connection_was_cut_and_the_command_ends()
    {
        await using var relay = CountingRelay.Start(Sshd.Port);
        await using var host = await OpenAsync(Sshd.ConnectionThrough(relay));
        await using var command = await host.StartAsync(HostCommand.ReadingScript("echo $$; exec sleep 1000"), Token);
        var shell = await ReadNumberAsync(command.Output);
        relay.Cut();
        await AssertLostAsync(() => command.WaitAsync(Token));
        await ProcessTable.UntilGoneAsync(shell, Token);
        await AssertLostAsync(() => host.RunAsync(HostCommand.Reading("true"), Token));
    }

    [Fact]
    public async Task Output_fails_instead_of_ending_when_the_connection_is_cut()
    {
        await using var relay = CountingRelay.Start(Sshd.Port);
        await using var host = await OpenAsync(Sshd.ConnectionThrough(relay));
        await using var command = await host.StartAsync(HostCommand.Reading("cat", "/dev/zero"), Token);
        var buffer = new byte[1 << 20];
        await command.Output.ReadExactlyAsync(buffer, Token);
        relay.Cut();
        await AssertLostAsync(async () =>
        {
            while (await command.Output.ReadAsync(buffer, Token) > 0)
            {
            }
        });
    }

    [Fact]
    public async Task WaitAsync_says_that_the_connection_was_lost_when_the_server_process_dies()
    {
        await using var sshd = await ThrowawaySshd.StartAsync(Token);
        await using var host = await OpenAsync(sshd.Connection());
        await using var command = await host.StartAsync(HostCommand.ReadingScript("echo $$; exec sleep 1000"), Token);
        var shell = await ReadNumberAsync(command.Output);
        sshd.CutConnections();
        await AssertLostAsync(() => command.WaitAsync(Token));
        await ProcessTable.UntilGoneAsync(shell, Token);
    }

    [Fact]
    public async Task WaitAsync_notices_a_network_that_fell_silent()
    {
        await using var relay = CountingRelay.Start(Sshd.Port);
        var timeouts = Quick with { KeepAlive = TimeSpan.FromSeconds(1), KeepAliveMisses = 3 };
        await using var host = await OpenAsync(Sshd.ConnectionThrough(relay) with { Timeouts = timeouts });
        await using var command = await host.StartAsync(HostCommand.ReadingScript("echo $$; exec sleep 1000"), Token);
        await ReadNumberAsync(command.Output);
        relay.Freeze();
        await AssertLostAsync(() => command.WaitAsync(Token));
    }

    [Fact]
    public async Task RunAsync_drops_what_login_scripts_print()
    {
        await using var sshd = await ThrowawaySshd.StartAsync(new SshdOptions { Lines = ["ForceCommand echo welcome; echo $SSH_TTY; eval \"$SSH_ORIGINAL_COMMAND\""] }, Token);
        await using var host = await OpenAsync(sshd.Connection());
        Assert.Equal("answer\n", (await host.RunAsync(HostCommand.Reading("echo", "answer"), Token)).Output);
    }

    [Fact]
    public async Task OpenAsync_says_that_the_login_shell_runs_nothing()
    {
        await using var sshd = await ThrowawaySshd.StartAsync(new SshdOptions { Lines = ["ForceCommand echo closed for today >&2; exit 1"] }, Token);
        var error = await FailAsync(sshd.Connection());
        Assert.Contains("closed for today", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_waits_its_turn_when_the_server_allows_few_sessions()
    {
        await using var sshd = await ThrowawaySshd.StartAsync(new SshdOptions { Lines = ["MaxSessions 3"] }, Token);
        await using var host = await OpenAsync(sshd.Connection());
        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => host.RunAsync(HostCommand.Reading("echo", Text(i)), Token)));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"{i}\n"), results.Select(result => result.Output));
    }

    protected Task<IHost> OpenAsync(SshConnection connection) =>
        SshHosts.OpenAsync(connection with { Transport = Transport, Timeouts = connection.Timeouts == new HostTimeouts() ? Quick : connection.Timeouts }, TimeProvider.System, Token);

    protected async Task<RelayOpsException> FailAsync(SshConnection connection)
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => OpenAsync(connection));
        Assert.Equal(ExitStatus.NoConnection, error.Status);
        return error;
    }

    protected static async Task AssertLostAsync(Func<Task> action)
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(action);
        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.True(error.IsTransient);
    }
}
