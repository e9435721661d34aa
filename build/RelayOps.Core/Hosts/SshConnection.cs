namespace RelayOps.Core.Hosts;

/// <summary>All that a connection to a server is made from. Its text form names the target alone, so that no secret is printed by accident.</summary>
public sealed record SshConnection
{
    public required SshTarget Target { get; init; }

    /// <summary><c>ssh-net</c> or <c>open-ssh</c>; null takes the default of this build.</summary>
    public string? Transport { get; init; }

    /// <summary>A private key: a path, or the key's text. Null leaves it to the user's agent and default keys.</summary>
    public string? Key { get; init; }

    public string? KeyPassphrase { get; init; }

    /// <summary>Trusted host keys: a path, or the text of a known_hosts file. Null means the user's own.</summary>
    public string? KnownHosts { get; init; }

    public HostTimeouts Timeouts { get; init; } = new();

    public override string ToString() => Target.ToString();
}
