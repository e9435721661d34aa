using System.Collections.Immutable;

namespace RelayOps.Core.Hosts;

/// <summary>Where ssh finds a server and what it knows it by: what this machine's own connection goes by, for another machine to do the same.</summary>
/// <param name="Host">A name or an address, never an alias of this machine's ssh configuration.</param>
/// <param name="HostKeys">Those that are trusted, as a known_hosts file has them behind the name: <c>ssh-ed25519 AAAA…</c>.</param>
public sealed record SshAddress(string Host, int Port, ImmutableArray<string> HostKeys);
