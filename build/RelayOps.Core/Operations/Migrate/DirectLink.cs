using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// The way straight from the old server to the new one, where there is one. It carries what can be proven on the other side, and opens nothing
/// else there: see <see cref="DirectKeys"/>. Whatever fails on it goes through this machine instead, as without it.
/// </summary>
internal sealed class DirectLink : IAsyncDisposable
{
    /// <summary>Best first.</summary>
    private static readonly ImmutableArray<string> Codecs = ["zstd", "gzip"];

    private static readonly TimeSpan ClearPatience = TimeSpan.FromMinutes(1);

    private readonly IHost _old;
    private readonly IHost _new;
    private readonly string _path;
    private readonly DirectKeys _keys;
    private readonly IReporter _reporter;
    private readonly TimeProvider _time;
    private DirectSend? _send;
    private int _number;
    private long _bytes;

    private DirectLink(IHost old, IHost @new, InspectedDeployment deployment, IReporter reporter, TimeProvider time)
    {
        (_old, _new, _path, _reporter, _time) = (old, @new, deployment.Survey.Path, reporter, time);
        _keys = new DirectKeys(deployment.Server.Id);
    }

    public bool IsOpen => _send is not null;

    /// <summary>Sent straight so far, as ssh counted them.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>For files: <c>none</c>, <c>gzip</c> or <c>zstd</c>.</summary>
    public string Codec { get; private init; } = "none";

    /// <summary>For what somebody waits for: gzip is slower than many a link between servers.</summary>
    public string FastCodec => ChooseFast(Codec);

    /// <summary>One that nothing goes over: for those who ask what would be done.</summary>
    public static DirectLink Closed(IHost old, IHost @new, OldServer source, IReporter reporter, TimeProvider time) => new(old, @new, source.Deployment, reporter, time);

    /// <summary>Closed at once where nobody asked for one.</summary>
    /// <exception cref="RelayOpsException">Another server answers where the new one should (<see cref="ExitStatus.NoConnection"/>).</exception>
    public static async Task<DirectLink> OpenAsync(
        IHost old, IHost @new, OldServer source, ServerSurvey there, MoveRequest request, IReporter reporter, TimeProvider time, CancellationToken cancellationToken)
    {
        var link = new DirectLink(old, @new, source.Deployment, reporter, time) { Codec = ChooseCodec(source.Target.Survey, there) };
        if (request.Direct is not { } address)
            return link;
        try
        {
            using var phase = reporter.Begin($"looking for a way straight from {old.Name} to {@new.Name}");
            if (await link.FindObstacleAsync(address, there.User, phase, cancellationToken) is { } why)
                link.Close($"{old.Name} cannot send straight to {@new.Name} ({why})");
            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    public static string ChooseCodec(ServerSurvey from, ServerSurvey to) =>
        Codecs.FirstOrDefault(tool => from.Tools.Contains(tool) && to.Tools.Contains(tool)) ?? "none";

    public static string ChooseFast(string codec) => codec == "zstd" ? codec : "none";

    /// <param name="what">For people, e.g. <c>data</c>.</param>
    /// <param name="input">For <paramref name="from"/>.</param>
    /// <returns>Null where it has not arrived: then it has to go through this machine. Who gets an answer proves what arrived.</returns>
    public async Task<DirectAnswer?> TrySendAsync(
        string what, string codec, HostCommand from, ReadOnlyMemory<byte> input, HostCommand into, IPhase phase, CancellationToken cancellationToken)
    {
        if (_send is not { } send)
            return null;
        var answer = await SendAsync(send, codec, from, input, into, phase, cancellationToken);
        if (answer.HasArrived)
            return answer;
        Close($"{what} did not get straight from {_old.Name} to {_new.Name} ({answer.Why})");
        return null;
    }

    /// <summary>What did not arrive as it was read; nothing goes straight any more.</summary>
    public void Close(string why)
    {
        _send = null;
        _reporter.Warn($"{why}: everything else goes through this machine");
    }

    public async ValueTask DisposeAsync()
    {
        if (_number == 0)
            return;
        _send = null;
        using var briefly = new CancellationTokenSource(ClearPatience, _time);
        try
        {
            await _keys.ClearAsync(_old, _path, _new, _reporter, briefly.Token);
        }
        catch (Exception exception) when (exception is RelayOpsException or OperationCanceledException)
        {
            _reporter.Warn($"the key of --direct could not be removed ({exception.Message}): the next Migrate does it, and in two days it opens nothing any more");
        }
    }

    /// <summary>What a migration that was killed has left; without it, a question to each server.</summary>
    public static async Task ClearAsync(IHost old, IHost @new, InspectedDeployment deployment, IReporter reporter, CancellationToken cancellationToken)
    {
        foreach (var left in await new DirectKeys(deployment.Server.Id).ClearAsync(old, deployment.Survey.Path, @new, reporter, cancellationToken))
            reporter.Warn($"an earlier migration broke off: its key in {left} was removed");
    }

    /// <summary>Null where a word of this moment went there and came back.</summary>
    private async Task<string?> FindObstacleAsync(SshAddress address, string user, IPhase phase, CancellationToken cancellationToken)
    {
        if (address.HostKeys.IsEmpty)
            return "this machine itself knows no key of it, only somebody who vouches for it";
        _number = 1;
        var made = await _old.RunAsync(_keys.MakeCommand(_path), DirectSend.KnownHosts(address), cancellationToken);
        if (!made.Succeeded || made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [.., var directory, var key] || !_keys.IsPublicKey(key))
            return made.Succeeded ? "ssh-keygen there made no key" : FirstLine.Of(made.Exit.Error);
        var admitted = await _new.RunAsync(_keys.AdmitCommand, Encoding.ASCII.GetBytes(key + "\n"), cancellationToken);
        if (!admitted.Succeeded)
            return $"its key cannot be added to ~/.ssh/authorized_keys: {FirstLine.Of(admitted.Exit.Error)}";
        _send = new DirectSend(directory, user, address);
        var word = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var answer = await SendAsync(_send, "none", HostCommand.Reading("printf", "%s", word), default, HostCommand.Reading("cat"), phase, cancellationToken);
        if (answer.IsWrongHostKey)
            throw new RelayOpsException($"what {_old.Name} finds at {address.Host}:{address.Port} is not {_new.Name} as this machine knows it",
                $"it shows another host key{(answer.ShownKey is { } shown ? $" ({shown})" : "")}: another server has that address there, or somebody stands between them. Nothing was sent",
                "find out which; without --direct everything goes through this machine", ExitStatus.NoConnection);
        return !answer.HasArrived ? answer.Why : answer.Said.Split('\n').Contains(word) ? null : "the key runs something else there (a ForceCommand in sshd_config?)";
    }

    private async Task<DirectAnswer> SendAsync(
        DirectSend send, string codec, HostCommand from, ReadOnlyMemory<byte> input, HostCommand into, IPhase phase, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture);
        var allowed = await _new.RunAsync(_keys.AllowCommand(number), Encoding.UTF8.GetBytes(DirectSend.Unpacking(codec, into)), cancellationToken);
        if (!allowed.Succeeded)
            return DirectAnswer.Parse([$"ssh {FirstLine.Of(allowed.Exit.Error)}"], "");
        await using var running = await _old.StartAsync(send.Command(number, codec, from), cancellationToken);
        var feeding = FeedAsync(running.Input, input, cancellationToken);
        var (lines, at) = (new List<string>(), 0L);
        using var output = new StreamReader(running.Output);
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("at ", StringComparison.Ordinal) && long.TryParse(line.AsSpan(3), CultureInfo.InvariantCulture, out var now))
                phase.Advance(now - Interlocked.Exchange(ref at, now));
            else
                lines.Add(line);
        }

        await feeding;
        var answer = DirectAnswer.Parse(lines, (await running.WaitAsync(cancellationToken)).Error);
        Interlocked.Add(ref _bytes, answer.Bytes);
        return answer;
    }

    private static async Task FeedAsync(Stream stream, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await using (stream)
                await stream.WriteAsync(input, cancellationToken);
        }
        catch (IOException)
        {
            // The command has ended: what it said says why.
        }
    }
}
