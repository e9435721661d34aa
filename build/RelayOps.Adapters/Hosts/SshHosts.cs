using System.Collections.Immutable;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts;

/// <summary>The ways to reach a server that this build has.</summary>
public static partial class SshHosts
{
    private static readonly ImmutableArray<Transport> Built = Find();

    /// <summary>Names for <c>--transport</c>; the first is the default.</summary>
    public static IReadOnlyList<string> Transports { get; } = [.. Built.Select(transport => transport.Name)];

    /// <exception cref="RelayOpsException">
    /// <see cref="ExitStatus.WrongUse"/> for a transport that is not built in; <see cref="ExitStatus.NoConnection"/> for the rest.
    /// </exception>
    public static Task<IHost> OpenAsync(SshConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        var wanted = connection.Transport ?? Transports[0];
        var transport = Built.FirstOrDefault(built => built.Name == wanted);
        return transport is not null ? transport.OpenAsync(connection, time, cancellationToken) : throw NotBuilt(wanted);
    }

    private static RelayOpsException NotBuilt(string wanted) => wanted == "ssh-net"
        ? new("cannot use --transport ssh-net", "this build has no SSH.NET, as its package source did not serve it",
            "use --transport open-ssh, or build with -p:RelayOpsDependencies=packages", ExitStatus.WrongUse)
        : new($"cannot use --transport {wanted}", "there is no such transport", $"use one of: {string.Join(", ", Transports)}", ExitStatus.WrongUse);

    private static ImmutableArray<Transport> Find()
    {
        List<Transport> found = [];
        AddSshNet(found);
        found.Add(new Transport("open-ssh", async (connection, time, cancellationToken) =>
            await OpenSshHost.OpenAsync(connection, time, cancellationToken).ConfigureAwait(false)));
        return [.. found];
    }

    /// <summary>Its implementation lies in the folder SshNet and vanishes with it.</summary>
    static partial void AddSshNet(List<Transport> found);

    private sealed record Transport(string Name, Func<SshConnection, TimeProvider, CancellationToken, Task<IHost>> OpenAsync);
}
