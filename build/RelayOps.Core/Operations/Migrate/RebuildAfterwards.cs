using System.Globalization;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>What no tool can do once a server was rebuilt: names, proxies, doors and whoever else knows the old one.</summary>
internal static class RebuildAfterwards
{
    public static IEnumerable<string> Lines(string hostName, RebuildPlan plan, NewServer server, string? healthUrl)
    {
        var port = plan.Ports.Select(port => port.First.ToString(CultureInfo.InvariantCulture)).FirstOrDefault() ?? "3000";
        yield return "what is left for a person to do:";
        yield return $"  1. DNS: let the service's name lead to {SshTarget.Parse(hostName).Host}{(healthUrl is null ? "" : $"; then {healthUrl} must answer")}";
        yield return $"  2. proxy: put yours in front again; for Caddy: your.domain {{ reverse_proxy 127.0.0.1:{port} }}";
        yield return $"  3. firewall: open what clients come by (80 and 443 for a proxy, {port} without one), and nothing else";
        yield return $"  4. backups: let schedules, profiles and workflows name --server {hostName}"
            + $" --deployment-path {server.Survey.Path}, pin its host key in known_hosts, and run the Backup target once";
        yield return "  5. the lost server: should it ever come back, stop its service at once (docker compose down), and take its keys out of authorized_keys and secrets";
        if (server.Survey is { User: not "root", Docker.NeedsSudo: true })
            yield return $"  6. docker without sudo: sudo usermod -aG docker {server.Survey.User}, and log in again";
    }
}
