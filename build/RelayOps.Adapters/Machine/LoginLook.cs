using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Adapters.Drills;
using RelayOps.Adapters.Hosts;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Doctor;

namespace RelayOps.Adapters.Machine;

/// <summary>Keys, agent and known hosts, as ssh would find them; nothing is sent to the server.</summary>
public sealed class LoginLook(SshConnection connection)
{
    private static readonly ImmutableArray<string> DefaultKeys = ["~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"];

    public string Transport => connection.Transport ?? SshHosts.Transports[0];

    public async Task<LoginFacts> TakeAsync(CancellationToken cancellationToken)
    {
        var configured = await ReadConfigurationAsync(cancellationToken);
        string One(string name, string otherwise) => configured[name].FirstOrDefault() ?? otherwise;
        var port = int.Parse(One("port", "22"), CultureInfo.InvariantCulture);
        var alias = configured["hostkeyalias"].FirstOrDefault();
        var known = KnownHosts.Load(connection.KnownHosts);
        var (name, at) = alias is null ? (One("hostname", connection.Target.Host), port) : (alias, 22);
        var isPath = connection.Key is { } key && !SshText.IsKey(key);
        return new LoginFacts
        {
            Target = connection.Target.ToString(),
            HasKey = connection.Key is not null,
            Key = isPath ? ThisMachine.FileAt(SshText.Expand(connection.Key!)) : null,
            DefaultKeys = [.. (configured["identityfile"].Any() ? configured["identityfile"] : DefaultKeys)
                .Select(path => ThisMachine.FileAt(SshText.Expand(path))).Where(file => file.Exists)],
            AgentKeys = await CountAgentKeysAsync(cancellationToken),
            HostKeys = known.HasAuthority(name, at) ? ["certificate authority"] : [.. known.TypesFor(name, at)],
            KnownHosts = connection.KnownHosts is null ? "~/.ssh/known_hosts" : "--known-hosts",
        };
    }

    /// <summary>What ssh makes of the user's configuration for this server; the target alone where there is no ssh, or another transport.</summary>
    private async Task<ILookup<string, string>> ReadConfigurationAsync(CancellationToken cancellationToken)
    {
        var target = connection.Target;
        string[] port = target.Port is { } number ? ["-p", number.ToString(CultureInfo.InvariantCulture)] : [];
        var said = Transport == "open-ssh" ? await Programs.FindOutputAsync("ssh", ["-G", .. port, "--", target.Host], cancellationToken) : null;
        return (said ?? $"hostname {target.Host}\nport {target.Port ?? 22}\n").Split('\n')
            .Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1].Trim());
    }

    /// <summary>Null where no agent is announced.</summary>
    private static async Task<int?> CountAgentKeysAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") is not { Length: > 0 })
            return null;
        return (await Programs.FindOutputAsync("ssh-add", ["-l"], cancellationToken))?.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length ?? 0;
    }
}
