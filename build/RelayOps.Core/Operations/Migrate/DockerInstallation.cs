using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Docker and Compose from the distribution's own packages; nobody else's script is ever run.</summary>
public sealed class DockerInstallation(IHost host, IReporter reporter)
{
    /// <summary>
    /// Names of packages differ by release: docker's command is a package of its own on newer Debians, Compose 2 is docker-compose-v2 on Ubuntu
    /// and docker-compose on Debian from 13 on. A fresh machine's own upgrade may hold apt for minutes. $1 sudo or nothing.
    /// </summary>
    private const string Script = """
        set -e
        as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
        has() { apt-cache show "$1" 2>/dev/null | grep -q '^Package:'; }
        as_root apt-get -q -o DPkg::Lock::Timeout=300 update >&2
        set --
        if ! command -v docker >/dev/null 2>&1; then
          set -- docker.io
          if has docker-cli; then set -- "$@" docker-cli; fi
        fi
        if ! docker compose version >/dev/null 2>&1 && ! command -v docker-compose >/dev/null 2>&1; then
          for package in docker-compose-v2 docker-compose-plugin docker-compose; do
            if has "$package"; then set -- "$@" "$package"; break; fi
          done
        fi
        if [ $# -gt 0 ]; then
          as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" iptables ca-certificates >&2
          printf 'installed=%s\n' "$*"
        fi
        if command -v systemctl >/dev/null 2>&1 && [ -d /run/systemd/system ]; then as_root systemctl enable --now docker >&2
        else as_root service docker start >&2
        fi
        n=0
        until as_root docker version >/dev/null 2>&1; do n=$((n + 1)); [ "$n" -lt 60 ] || { echo 'docker does not start' >&2; exit 1; }; sleep 0.5; done
        """;

    public static HostCommand Command { get; } = HostCommand.ChangingScript(Script);

    /// <summary>Something that a daemon which is merely stopped, or refuses, would not need.</summary>
    public static bool IsNeeded(NewServer server) => !server.Survey.Tools.Contains("docker")
        || (server.Survey.Docker is not null && server.Survey.ComposeProgram is null);

    /// <exception cref="RelayOpsException">It failed; what apt has installed by then stays.</exception>
    public async Task RunAsync(NewServer server, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin($"installing docker on {host.Name}");
        var result = await host.RunAsync(Command, cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"docker could not be installed on {host.Name}", LastLine(result.Exit.Error),
                "install docker and docker compose there by hand; whatever apt has installed by now stays");
        var installed = result.Output.Split('\n').FirstOrDefault(line => line.StartsWith("installed=", StringComparison.Ordinal))?["installed=".Length..];
        if (installed is not null)
            reporter.Note($"installed on {host.Name}: {installed}; it stays, whatever becomes of the rest");
        if (server.Survey.User != "root")
            reporter.Note($"{server.Survey.User} reaches docker through sudo; to do without: sudo usermod -aG docker {server.Survey.User}, and log in again");
    }

    internal static IEnumerable<Problem> Problems(NewServer server)
    {
        if (!server.HasApt || !server.System.Split(' ').Any(name => name is "debian" or "ubuntu"))
            yield return new($"docker is not there, and --install-docker knows Debian and Ubuntu alone (this is {(server.System.Length > 0 ? server.System : "unknown")})",
                "install docker and docker compose by the distribution's own means");
        else if (!server.IsRoot)
            yield return new($"docker is not there, and {server.Survey.User} may not install it", "log in as root, or allow sudo without a password");
    }

    /// <summary>apt tells the reason at its end.</summary>
    private static string LastLine(string error) =>
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it said nothing";
}
