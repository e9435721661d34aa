using System.Net.Sockets;
using RelayOps.Adapters.Drills;

namespace RelayOps.Adapters.Signatures;

/// <summary>
/// The agent of the operator's own keyring. gpg starts one where none runs, and nothing would ever end it; one that ran before is the operator's
/// and is left alone. Ours lives as long as the run, since whoever was asked for a passphrase is not to be asked again for each signature.
/// </summary>
internal sealed class OperatorAgent : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly bool _isOurs;

    private OperatorAgent(bool isOurs) => _isOurs = isOurs;

    /// <summary>To be called before anything makes gpg start one.</summary>
    public static async Task<OperatorAgent> LookAsync(CancellationToken cancellationToken)
    {
        var socket = (await Programs.FindOutputAsync("gpgconf", ["--list-dirs", "agent-socket"], cancellationToken))?.Trim();
        // Nobody knows where it would be: then nobody knows whose it is either.
        return new OperatorAgent(socket is { Length: > 0 } && !await AnswersAsync(Uri.UnescapeDataString(socket), cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isOurs)
            return;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await Programs.FindOutputAsync("gpgconf", ["--kill", "gpg-agent"], patience.Token);
        }
        catch (OperationCanceledException)
        {
            // It hangs; the run has ended and waits for nobody.
        }
    }

    private static async Task<bool> AnswersAsync(string path, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            // No such file, or one that an agent left which is gone.
            return false;
        }
    }
}
