using RelayOps.Adapters.Drills;
using RelayOps.Adapters.Hosts.OpenSsh;

namespace RelayOps.Adapters.Encryption;

/// <summary>A directory of its own for gpg, so that neither the operator's keyring and settings nor ours meet the other's. Leaves no agent behind.</summary>
internal sealed class GpgHome : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public GpgHome() => Directory.Write("gpg-agent.conf", "disable-scdaemon\nallow-loopback-pinentry\n");

    public PrivateDirectory Directory { get; } = PrivateDirectory.Create();

    /// <summary>Private keys are the agent's alone; everything else works without one, and none is started.</summary>
    public bool NeedsAgent { get; init; }

    public IEnumerable<string> Arguments
    {
        get
        {
            IEnumerable<string> common = ["--homedir", Directory.Path, "--no-options", "--batch", "--no-tty", "--quiet", "--no-random-seed-file",
                "--trust-model", "always", "--no-auto-key-locate", "--no-auto-check-trustdb", "--no-symkey-cache"];
            return NeedsAgent ? common : common.Append("--no-autostart");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (NeedsAgent)
            await StopAgentAsync();
        Directory.Dispose();
    }

    private async Task StopAgentAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await Programs.FindOutputAsync("gpgconf", ["--homedir", Directory.Path, "--kill", "all"], patience.Token);
            await Programs.FindOutputAsync("gpgconf", ["--homedir", Directory.Path, "--remove-socketdir"], patience.Token);
        }
        catch (OperationCanceledException)
        {
            // It goes by itself once its directory is gone, which is next.
        }
    }
}
