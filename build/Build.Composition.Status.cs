using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Status;

/// <summary>Whose backups count, and whether there is a server to look at.</summary>
internal sealed partial class Composition
{
    public bool HasServer => !string.IsNullOrEmpty(Server.Server);

    public StatusRequest StatusRequest() => new()
    {
        // As hosts name themselves, and backups the server they are of.
        ServerName = Server.Server switch { null or "" => null, "local" => "local", var target => SshTarget.Parse(target).ToString() },
        MaxAge = Duration.Parse(((IStatus)_build).MaxAge),
    };
}
