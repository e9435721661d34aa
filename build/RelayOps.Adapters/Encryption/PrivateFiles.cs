using RelayOps.Adapters.Hosts.OpenSsh;

namespace RelayOps.Adapters.Encryption;

/// <summary>A private directory for as long as a tool runs.</summary>
internal sealed class PrivateFiles : IAsyncDisposable
{
    public PrivateDirectory Directory { get; } = PrivateDirectory.Create();

    public ValueTask DisposeAsync()
    {
        Directory.Dispose();
        return ValueTask.CompletedTask;
    }
}
