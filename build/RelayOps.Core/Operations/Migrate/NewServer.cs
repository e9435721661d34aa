using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>What a deployment needs of the server it comes to.</summary>
public sealed record NewServerNeeds
{
    /// <summary>Where it is to lie; <c>~</c> is that user's home.</summary>
    public required string DeploymentPath { get; init; }

    /// <summary>For its files, on the file system of the deployment.</summary>
    public required long Bytes { get; init; }

    /// <summary>See <see cref="ComposePort.Of"/>.</summary>
    public required ImmutableArray<ComposePort> Ports { get; init; }

    /// <summary>The file that compose reads first.</summary>
    public string ComposeFile { get; init; } = "docker-compose.yml";

    /// <summary>COMPOSE_PROJECT_NAME of <c>.env</c>; null where compose names the project after the directory.</summary>
    public string? ProjectName { get; init; }

    /// <summary>Docker and Compose are installed from the distribution's packages where they are missing.</summary>
    public bool InstallDocker { get; init; }

    /// <summary>Asked before anything is installed; null where that was agreed to.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<bool>>? ConfirmAsync { get; init; }

    /// <summary>Nothing is installed: what is missing then is no problem where it would have been.</summary>
    public bool DryRun { get; init; }
}

/// <summary>A server that was looked at, and where a deployment can come to.</summary>
public sealed record NewServer
{
    /// <summary>Its path is absolute and without links; nothing need be there yet. Free bytes are those of the file system it will be on.</summary>
    public required ServerSurvey Survey { get; init; }

    public required int UserId { get; init; }

    public required int GroupId { get; init; }

    /// <summary>Of its machine against this one; positive where it is ahead.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>As <c>/etc/os-release</c> has it: <c>ID</c> and <c>ID_LIKE</c>, e.g. <c>ubuntu debian</c>.</summary>
    public required string System { get; init; }

    public bool HasApt { get; init; }

    /// <summary>The user may make the directory, or what lies in it.</summary>
    public bool MayMakeDirectory { get; init; }

    /// <summary>What lies in the directory already.</summary>
    public ImmutableArray<string> Present { get; init; } = [];

    /// <summary>An earlier rebuild broke off here: what lies there is its own. How far it came, and of which backup; null where none did.</summary>
    public string? HalfPlaced { get; init; }

    /// <summary>Compose projects and their directories, a blank between them.</summary>
    public ImmutableArray<string> Projects { get; init; } = [];

    /// <summary>Who listens on TCP.</summary>
    public ImmutableArray<IPEndPoint> Listening { get; init; } = [];

    /// <summary>Running containers and what they publish, as <c>docker ps</c> shows it.</summary>
    public ImmutableArray<string> Containers { get; init; } = [];

    /// <summary>May become root without docker.</summary>
    public bool IsRoot => Survey.User == "root" || Survey.CanSudo;

    /// <summary>A way to make the directory and what is ours in it.</summary>
    public FileRoute Writing => MayMakeDirectory ? FileRoute.Direct(Survey.Path) : FileRoute.Sudo(Survey.Path);

    /// <summary>
    /// The path by the part of it that is there, so that it is the same before and after it was made; ports from /proc, since ss is not
    /// everywhere. $1 path.
    /// </summary>
    private const string Script = """
        p=$1
        case $p in '~') p=$HOME ;; '~/'*) p=$HOME/${p#??} ;; /*) ;; *) p=$(pwd)/$p ;; esac
        say() { printf '%s=%s\n' "$1" "$2"; }
        while [ "${#p}" -gt 1 ] && [ "${p%/}" != "$p" ]; do p=${p%/}; done
        at=$p rest=
        while [ ! -d "$at" ] && [ "$at" != / ]; do rest=/${at##*/}$rest; at=${at%/*}; [ -n "$at" ] || at=/; done
        real=$(cd "$at" 2>/dev/null && pwd -P) || real=$at
        say now "$(date +%s)"; say uid "$(id -u)"; say gid "$(id -g)"
        say path "${real%/}$rest"; say at "$real"; say free "$(df -Pk "$at" | awk 'END { print $4 }')"
        if [ -w "$at" ] && [ -x "$at" ]; then say writable yes; fi
        if [ -e "$p" ] && [ ! -d "$p" ]; then say file "$p"; fi
        if [ -z "$rest" ]; then
          (ls -A "$p" 2>/dev/null || sudo -n ls -A "$p" 2>/dev/null || echo '?') | head -n 5 | sed 's/^/present=/'
          say half "$(cat "$p/.relayops/arriving/state" 2>/dev/null)"
        fi
        say system "$(. /etc/os-release 2>/dev/null; echo "$ID $ID_LIKE")"
        if command -v apt-get >/dev/null 2>&1; then say apt yes; fi
        cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { print "listening=" $2 }'
        for d in docker 'sudo -n docker'; do
          if running=$($d ps --format '{{.Names}} {{.Ports}}' 2>/dev/null); then printf '%s\n' "$running" | sed 's/^/container=/'
            $d ps -a --format '{{.Label "com.docker.compose.project"}} {{.Label "com.docker.compose.project.working_dir"}}' | sort -u | sed 's/^/project=/'
            break
          fi
        done
        exit 0
        """;

    public static HostCommand Command(string path) => HostCommand.ReadingScript(Script, path);

    /// <summary>Reads what <see cref="Command"/> and <see cref="ServerSurvey.Command"/> printed.</summary>
    public static NewServer Parse(string output, string survey, string hostName, string composeFile)
    {
        var said = ServerSurvey.Said(output, hostName);
        string? Find(string name) => said[name].FirstOrDefault(value => value.Length > 0);
        int Number(string name) => int.TryParse(Find(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new NewServer
        {
            Survey = ServerSurvey.ParseComing(survey, hostName, Find("path") ?? "", composeFile) with
            {
                Clock = DateTimeOffset.FromUnixTimeSeconds(Number("now")),
                FreeBytes = long.TryParse(Find("free"), NumberStyles.None, CultureInfo.InvariantCulture, out var free) ? free * 1024 : 0,
                IsWritable = Find("writable") is not null,
            },
            UserId = Number("uid"),
            GroupId = Number("gid"),
            System = (Find("system") ?? "").Trim(),
            HasApt = Find("apt") is not null,
            MayMakeDirectory = Find("writable") is not null,
            Present = [.. said["file"], .. said["present"].Where(name => name.Length > 0)],
            HalfPlaced = Find("half"),
            Projects = [.. said["project"].Where(line => line.Trim().Length > 0)],
            Listening = [.. said["listening"].Select(ParseEndPoint).OfType<IPEndPoint>().Distinct()],
            Containers = [.. said["container"].Where(line => line.Length > 0)],
        };
    }

    /// <summary>Hexadecimal, each 32 bits of the address in the machine's own order: little-endian wherever docker is at home.</summary>
    private static IPEndPoint? ParseEndPoint(string text)
    {
        if (text.Split(':') is not [{ Length: 8 or 32 } address, { Length: 4 } port] || !text.All(c => char.IsAsciiHexDigit(c) || c == ':'))
            return null;
        var bytes = Convert.FromHexString(address);
        for (var i = 0; i < bytes.Length; i += 4)
            Array.Reverse(bytes, i, 4);
        var parsed = new IPAddress(bytes);
        return new IPEndPoint(parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed, Convert.ToInt32(port, 16));
    }
}
