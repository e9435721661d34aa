using System.Globalization;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.OpenSsh;

/// <summary>The system's ssh: one process holds the connection and runs the keeper, one small process stands for each command.</summary>
internal sealed class OpenSshTransport(SshConnection connection, TimeProvider time) : IShellTransport
{
    /// <summary>ssh's own time-out covers the connection and the key exchange, not the login.</summary>
    private const int LoginFactor = 3;

    private const int Trouble = 255;

    private readonly PrivateDirectory _directory = PrivateDirectory.Create();
    private ProcessChannel? _master;
    private bool _wasUp;
    private int _commands;

    public string Name => connection.Target.ToString();

    public TimeSpan ConnectLimit => connection.Timeouts.Connect * LoginFactor;

    private OpenSshOptions Options => new(connection, _directory);

    public bool NoticesSilence => true;

    public void Break(string why) => throw new NotSupportedException();

    public void Attach(Keeper keeper)
    {
    }

    public Task<IShellChannel> ConnectAsync(string line, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (OperatingSystem.IsWindows())
            throw new RelayOpsException("cannot use the open-ssh transport", "ssh on Windows cannot share one connection", "use --transport ssh-net", ExitStatus.WrongUse);
        if (!OwnSession.IsOnPath("ssh"))
            throw new RelayOpsException("cannot use the open-ssh transport", "there is no ssh on this machine", "install openssh-client", ExitStatus.WrongUse);
        var start = OwnSession.Of("ssh", [.. Options.Connect(line)]);
        Options.AddEnvironment(start.Environment);
        _master = ProcessChannel.Start(start, status => Task.FromResult(new ChannelExit(status == Trouble ? ChannelOutcome.Lost : ChannelOutcome.Exited, status)));
        return Task.FromResult<IShellChannel>(_master);
    }

    public Task<IShellChannel> OpenAsync(string line, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _wasUp = true;
        if (_master is null or { Completion.IsCompleted: true })
            throw Lost();
        var log = Path.Combine(_directory.Path, string.Create(CultureInfo.InvariantCulture, $"log{Interlocked.Increment(ref _commands)}"));
        var start = OwnSession.Of("ssh", Options.Command(line, log));
        return Task.FromResult<IShellChannel>(ProcessChannel.Start(start, status => InterpretAsync(status, log)));
    }

    public RelayOpsException Lost()
    {
        // The log is ssh's own; what a ProxyJump's or ProxyCommand's ssh says comes as standard error.
        var log = ReadLog() + _master?.Error;
        return _wasUp || log.Contains("Authenticated to ", StringComparison.Ordinal)
            ? SshFailures.Lost(connection.Target, OpenSshFailure.LastWords(log) is { Length: > 0 } words ? words : "it was closed")
            : OpenSshFailure.Connecting(connection.Target, log);
    }

    public async ValueTask DisposeAsync()
    {
        if (_master is { } master)
        {
            // Closing the keeper's input lets it end what still runs, and with it the connection.
            await master.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAny(master.Completion, Task.Delay(connection.Timeouts.StopGrace * 2, time)).ConfigureAwait(false);
            master.Abort();
        }

        _directory.Dispose();
    }

    private string ReadLog()
    {
        try
        {
            return File.ReadAllText(Options.Log);
        }
        catch (IOException)
        {
            // Disposed, or ssh ended before it opened its log: its standard error has the reason.
            return "";
        }
    }

    /// <summary>
    /// 255 is ssh's own word for every trouble and may be the command's status too. The client's log says whether a status came; when
    /// none came, the command died by a signal or the connection is gone, and the connection itself can be asked.
    /// </summary>
    private async Task<ChannelExit> InterpretAsync(int status, string log)
    {
        var said = await TakeAsync(log).ConfigureAwait(false);
        if (status != Trouble || said.Contains("Received exit status from master", StringComparison.Ordinal))
            return new ChannelExit(ChannelOutcome.Exited, status);
        if (said.Contains("session request failed", StringComparison.Ordinal))
            return new ChannelExit(ChannelOutcome.Refused);
        return new ChannelExit(await IsUpAsync().ConfigureAwait(false) ? ChannelOutcome.Signalled : ChannelOutcome.Lost);
    }

    private async Task<bool> IsUpAsync()
    {
        if (_master is null or { Completion.IsCompleted: true })
            return false;
        await using var check = ProcessChannel.Start(OwnSession.Of("ssh", Options.Check()), status => Task.FromResult(new ChannelExit(ChannelOutcome.Exited, status)));
        return (await check.Completion.ConfigureAwait(false)).Status == 0;
    }

    private static async Task<string> TakeAsync(string path)
    {
        try
        {
            var text = await File.ReadAllTextAsync(path, CancellationToken.None).ConfigureAwait(false);
            File.Delete(path);
            return text;
        }
        catch (IOException)
        {
            // The directory is gone: the host was disposed before the command's end was looked at.
            return "";
        }
    }
}
