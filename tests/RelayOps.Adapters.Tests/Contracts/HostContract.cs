using System.Globalization;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Hosts;
using RelayOps.Testing.Ssh;

namespace RelayOps.Adapters.Tests.Contracts;

/// <summary>What every host does, whatever carries the commands.</summary>
public abstract partial class HostContract : IAsyncLifetime
{
    protected IHost Host { get; private set; } = null!;

    /// <summary>Ends a test that hangs.</summary>
    protected CancellationToken Token { get; } = new CancellationTokenSource(TimeSpan.FromSeconds(25)).Token;

    /// <summary>Whether an exit status above 128 can be told from a signal.</summary>
    protected virtual bool TellsSignalsFromStatus => true;

    /// <summary>Whether the transport names the signal.</summary>
    protected virtual bool NamesSignals => true;

    protected static HostTimeouts Quick { get; } = new() { StopGrace = TimeSpan.FromSeconds(1) };

    protected abstract Task<IHost> OpenAsync(HostTimeouts timeouts, CancellationToken cancellationToken);

    public async Task InitializeAsync() => Host = await OpenAsync(Quick, Token);

    public async Task DisposeAsync() => await Host.DisposeAsync();

    [Fact]
    public async Task RunAsync_keeps_every_argument_as_it_is()
    {
        string[] words =
        [
            "", " ", "a b", "'", "''", "\"", "\\", "\\\\", "$HOME", "`id`", "$(id)", "!!", "!x", "*", "?", "[a]", "~", "#", ";", "&", "|", "<", ">", "%s", "%%", "-n", "--", "\\n",
            "\n", "a\nb\n", "\t", "\r", "\u0001", "\u007f", "\u0080", "ä", "中文 目录", "🙂", "{a,b}", "a=b", "\\041", "\\0041", "'\\''", "end\\",
            string.Concat(Enumerable.Range(1, 255).Select(c => (char)c)),
        ];
        var result = await Host.RunAsync(HostCommand.Reading("printf", ["%s\\0", .. words]), Token);
        Assert.Equal(words, result.Output.Split('\0')[..^1]);
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task RunAsync_keeps_a_long_argument()
    {
        var word = new string('x', 60_000);
        var result = await Host.RunAsync(HostCommand.Reading("printf", "%s", word), Token);
        Assert.Equal(word, result.Output);
    }

    [Fact]
    public async Task RunAsync_refuses_a_command_that_does_not_fit_a_line()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Host.RunAsync(HostCommand.Reading("printf", new string('x', 70_000)), Token));
        Assert.Contains("standard input", error.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(255)]
    public async Task RunAsync_reports_the_exit_status(int status)
    {
        var result = await Host.RunAsync(HostCommand.ReadingScript("exit $1", Text(status)), Token);
        Assert.Equal(new CommandExit(status, null, ""), result.Exit);
    }

    [Fact]
    public async Task RunAsync_tells_a_status_from_a_signal()
    {
        var result = await Host.RunAsync(HostCommand.ReadingScript("exit 143"), Token);
        if (TellsSignalsFromStatus)
            Assert.Equal(143, result.Exit.Status);
        else
            Assert.False(result.Succeeded);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    [InlineData("SEGV")]
    public async Task RunAsync_reports_the_signal(string signal)
    {
        var result = await Host.RunAsync(HostCommand.ReadingScript("ulimit -c 0; kill -s $1 $$", signal), Token);
        Assert.Null(result.Exit.Status);
        Assert.Equal(NamesSignals ? signal : null, result.Exit.Signal);
    }

    [Fact]
    public async Task RunAsync_reports_127_for_a_missing_program()
    {
        var result = await Host.RunAsync(HostCommand.Reading("no-such-program"), Token);
        Assert.Equal(127, result.Exit.Status);
        Assert.Contains("no-such-program", result.Exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_passes_all_three_streams()
    {
        var result = await Host.RunAsync(HostCommand.ReadingScript("cat; echo trouble >&2"), Encoding.UTF8.GetBytes("in\0put ä"), Token);
        Assert.Equal("in\0put ä", result.Output);
        Assert.Equal("trouble\n", result.Exit.Error);
    }

    [Fact]
    public async Task RunAsync_ends_when_the_command_does_not_read_its_input()
    {
        var result = await Host.RunAsync(HostCommand.Reading("true"), new byte[4 << 20], Token);
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task RunAsync_keeps_the_last_64_KiB_of_standard_error()
    {
        var result = await Host.RunAsync(HostCommand.ReadingScript("seq 1 100000 >&2"), Token);
        Assert.Equal(64 * 1024, result.Exit.Error.Length);
        Assert.EndsWith("\n99999\n100000\n", result.Exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_refuses_output_above_64_MiB()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Host.RunAsync(HostCommand.Reading("head", "-c", "70000000", "/dev/zero"), Token));
        Assert.Contains("64 MiB", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_runs_more_commands_at_once_than_sshd_allows_sessions()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Host.RunAsync(HostCommand.ReadingScript("read -r x; echo $x", "x"), Encoding.ASCII.GetBytes($"{i}\n"), Token)));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}\n"), results.Select(result => result.Output));
    }

    [Fact]
    public async Task StartAsync_runs_eight_commands_side_by_side()
    {
        var running = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Host.StartAsync(HostCommand.Reading("cat"), Token)));
        foreach (var (command, i) in running.Select((command, i) => (command, i)))
        {
            await command.Input.WriteAsync(Encoding.ASCII.GetBytes($"{i}"), Token);
            await command.Input.DisposeAsync();
        }

        foreach (var (command, i) in running.Select((command, i) => (command, i)))
        {
            Assert.Equal($"{i}", await new StreamReader(command.Output).ReadToEndAsync(Token));
            Assert.True((await command.WaitAsync(Token)).Succeeded);
            await command.DisposeAsync();
        }
    }

    [Fact]
    public async Task WaitAsync_throws_away_what_was_not_read()
    {
        await using var command = await Host.StartAsync(HostCommand.Reading("head", "-c", "10000000", "/dev/zero"), Token);
        Assert.True((await command.WaitAsync(Token)).Succeeded);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await command.Output.ReadExactlyAsync(new byte[1], Token));
    }

    protected static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>One line with a number, read to its end and not beyond.</summary>
    protected async Task<int> ReadNumberAsync(Stream output)
    {
        var digits = new StringBuilder();
        var one = new byte[1];
        while (await output.ReadAsync(one, Token) == 1 && one[0] != '\n')
            digits.Append((char)one[0]);
        return int.Parse(digits.ToString(), CultureInfo.InvariantCulture);
    }
}
