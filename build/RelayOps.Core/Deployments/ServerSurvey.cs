using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>What a server and the deployment's directory look like from outside, in one round trip.</summary>
public sealed record ServerSurvey
{
    /// <summary>The deployment's directory, absolute and without links.</summary>
    public required string Path { get; init; }

    public required string User { get; init; }

    public required string NodeName { get; init; }

    public required string MachineId { get; init; }

    public required DateTimeOffset Clock { get; init; }

    /// <summary>On the file system of the deployment.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>The file that compose reads first, e.g. <c>docker-compose.yml</c>.</summary>
    public required string ComposeFile { get; init; }

    public required bool HasEnvironmentFile { get; init; }

    /// <summary>The user may make files in the deployment's directory.</summary>
    public required bool IsWritable { get; init; }

    /// <summary>A restore, rollback or migration broke off here: what it left is to be finished or undone before anything else.</summary>
    public bool HasJournal { get; init; }

    /// <summary>A rebuild broke off here: what lies in the directory is no whole deployment.</summary>
    public bool IsHalfRebuilt { get; init; }

    /// <summary>The service went to another server, as the first line of <see cref="MoveNote"/> says; null where it did not.</summary>
    public string? MovedTo { get; init; }

    /// <summary>A file in the deployment's directory that a migration leaves behind on the old server.</summary>
    public const string MoveNote = "MOVED-TO.txt";

    /// <summary>Everything in the deployment belongs to the user, who therefore needs no other rights for it; asked only where there are none.</summary>
    public bool IsOwned { get; init; }

    public required ImmutableHashSet<string> Tools { get; init; }

    public required bool CanSudo { get; init; }

    /// <summary>Null when docker is absent or refuses this user even through sudo.</summary>
    public DockerCli? Docker { get; init; }

    public string? DockerVersion { get; init; }

    /// <summary>What docker said when it refused.</summary>
    public string? DockerError { get; init; }

    /// <summary><c>docker compose</c> or <c>docker-compose</c>, null when neither is there.</summary>
    public string? ComposeProgram { get; init; }

    private const string Script = """
        p=$1
        case $p in '~') p=$HOME ;; '~/'*) p=$HOME/${p#??} ;; esac
        say() { printf '%s=%s\n' "$1" "$2"; }
        say user "$(id -un)"; say node "$(uname -n)"; say machine "$(cat /etc/machine-id 2>/dev/null)"; say now "$(date +%s)"
        say asked "$p"
        if sudo -n true 2>/dev/null; then sudo=yes; else sudo=; fi
        if cd "$p" 2>/dev/null; then
          say path "$(pwd -P)"
          say free "$(df -Pk . | awk 'END { print $4 }')"
          for f in compose.yaml compose.yml docker-compose.yaml docker-compose.yml; do
            if [ -e "$f" ]; then say compose "$f"; break; fi
          done
          if [ -e .env ]; then say env yes; fi
          if [ -w . ]; then say writable yes; fi
          if [ -e .relayops/journal.json ]; then say journal yes; fi
          if [ -e .relayops/arriving/state ]; then say arriving yes; fi
          if [ -r MOVED-TO.txt ]; then say moved "$(head -n 1 MOVED-TO.txt)"; fi
          if [ -z "$sudo" ] && [ -z "$(find . ! -user "$(id -un)" 2>/dev/null | head -n 1)" ]; then say owned yes; fi
        elif [ -d "$p" ]; then say closed "$p"
        fi
        for t in docker docker-compose tar find stat gzip zstd sudo redis-cli flock; do
          if command -v "$t" >/dev/null 2>&1; then say tool "$t"; fi
        done
        if [ -n "$sudo" ]; then say sudo yes; fi
        for d in 'docker' 'sudo -n docker'; do
          if v=$($d version --format '{{.Server.Version}}' 2>&1) && [ -n "$v" ]; then
            say docker "$d"; say version "$v"
            if $d compose version >/dev/null 2>&1; then say program "docker compose"
            elif command -v docker-compose >/dev/null 2>&1; then say program docker-compose; fi
            break
          else say refused "$(printf '%s' "$v" | tail -n 1)"
          fi
        done
        exit 0
        """;

    public static HostCommand Command(string deploymentPath) => HostCommand.ReadingScript(Script, deploymentPath);

    /// <exception cref="RelayOpsException">The directory or the compose file is missing (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<ServerSurvey> TakeAsync(IHost host, string deploymentPath, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(Command(deploymentPath), cancellationToken);
        return Parse(result.Output, host.Name, deploymentPath);
    }

    /// <summary>Reads what <see cref="Command"/> printed.</summary>
    public static ServerSurvey Parse(string output, string hostName, string deploymentPath)
    {
        var said = Said(output, hostName);
        string? Find(string name) => said[name].FirstOrDefault(value => value.Length > 0);
        var path = Find("path") ?? throw Missing(hostName, Find("asked") ?? deploymentPath, Find("closed") is not null);
        var compose = Find("compose") ?? throw new RelayOpsException(
            $"{path} on {hostName} is no deployment", "it has no docker-compose.yml (or compose.yaml)",
            "check --deployment-path", ExitStatus.WrongUse);
        return Read(said, path, compose);
    }

    /// <summary>The same of a server where the deployment is yet to come.</summary>
    public static ServerSurvey ParseComing(string output, string hostName, string path, string composeFile) => Read(Said(output, hostName), path, composeFile);

    /// <summary>The lines <c>name=value</c> of a script; every one of ours says what time it is.</summary>
    internal static ILookup<string, string> Said(string output, string hostName)
    {
        var said = output.Split('\n')
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1]);
        return said.Contains("now") ? said : throw new RelayOpsException($"cannot look around on {hostName}", "its shell did not run a plain POSIX script",
            "log in by hand and check the user's shell and PATH", ExitStatus.WrongUse);
    }

    /// <summary>The same of a server that need not have a deployment: path and compose file are empty where they are missing.</summary>
    public static ServerSurvey Read(string output, string hostName)
    {
        var said = Said(output, hostName);
        return Read(said, said["path"].FirstOrDefault() ?? "", said["compose"].FirstOrDefault() ?? "");
    }

    private static ServerSurvey Read(ILookup<string, string> said, string path, string compose)
    {
        string? Find(string name) => said[name].FirstOrDefault(value => value.Length > 0);
        return new ServerSurvey
        {
            Path = path,
            User = Find("user") ?? "",
            NodeName = Find("node") ?? "",
            MachineId = Find("machine") ?? Find("node") ?? "",
            Clock = DateTimeOffset.FromUnixTimeSeconds(Number(Find("now"))),
            FreeBytes = Number(Find("free")) * 1024,
            ComposeFile = compose,
            HasEnvironmentFile = Find("env") is not null,
            IsWritable = Find("writable") is not null,
            HasJournal = Find("journal") is not null,
            IsHalfRebuilt = Find("arriving") is not null,
            IsOwned = Find("owned") is not null,
            MovedTo = Find("moved"),
            Tools = [.. said["tool"]],
            CanSudo = Find("sudo") is not null,
            Docker = Find("docker") is { } docker ? new DockerCli(docker.StartsWith("sudo", StringComparison.Ordinal)) : null,
            DockerVersion = Find("version"),
            DockerError = Find("refused"),
            ComposeProgram = Find("program"),
        };
    }

    private static long Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static RelayOpsException Missing(string hostName, string path, bool closed) => closed
        ? new($"cannot enter {path} on {hostName}", "the user may not open this directory",
            "give the user access to it, or log in as its owner", ExitStatus.WrongUse)
        : new($"{path} does not exist on {hostName}", "there is no such directory",
            "name the deployment's directory with --deployment-path", ExitStatus.WrongUse);
}
