using System.Text;

namespace RelayOps.Core.Backups;

/// <summary><c>RECOVERY.md</c>: how to put back the archive it lies in with nothing but tar, docker compose and a shell.</summary>
public static class RecoveryGuide
{
    public const string Name = "RECOVERY.md";

    public static byte[] For(RecoveryFacts facts) => Encoding.UTF8.GetBytes(($$"""
        # How to restore this backup by hand

        Backup `{{facts.Id}}` of {{facts.Server.Name}}, `{{facts.Server.DeploymentPath}}`: {{facts.Keys}} Redis keys, taken from Redis {{facts.RedisVersion}}.
        This archive holds secrets (`.env`, the administrator's password, session tokens): keep every copy at mode 0600.

        You need a shell on the server, `tar`, `{{(IsZstd(facts) ? "zstd" : "gzip")}}` and docker compose (where there is `docker-compose` alone, write that), and
        `sudo` where the files are not yours. Everything below runs in one shell.

        ## 1. Unpack and check

        Put into `~/recovery` the archive, whatever its name ends in, and its `.sha256`; of a workflow's artifact its `.json` instead, which has the same checksum.
        What ends in `.age` opens with the private key as `~/recovery/KEYFILE`, or else asks for the passphrase; what ends in `.gpg` with what gpg has or asks for.

        ```sh
        umask 077
        mkdir -p ~/recovery
        cd ~/recovery
        record() { sed -n "s/^  \"$1\": \"\(.*\)\",*\$/\1/p" {{Base(facts)}}.json; }
        [ -e {{Base(facts)}}.sha256 ] || [ ! -e {{Base(facts)}}.json ] || echo "$(record sha256)  $(record archive)" > {{Base(facts)}}.sha256
        sha256sum -c {{Base(facts)}}.sha256
        {{Decrypt(PlainName(facts))}}
        sudo tar xpf {{PlainName(facts)}} --numeric-owner
        BACKUP=~/recovery/{{Base(facts)}}
        sudo chown "$(id -u):$(id -g)" "$BACKUP"
        DEPLOYMENT={{Quoted(facts.Server.DeploymentPath)}}
        ```

        `manifest.json` has the sha256 of every file.

        ## 2. Stop, and put the old data aside

        Stop the service **and** Redis first: a running Redis writes its own data over what you restore. On a new server there is nothing to stop.
        {{Where(facts)}}
        ```sh
        mkdir -p "$DEPLOYMENT"
        cd "$DEPLOYMENT"
        ! ls *compose*.y*ml >/dev/null 2>&1 || { docker compose stop && docker compose ps; }{{Native(facts, "stop")}}
        T=$(date -u +%Y%m%d_%H%M%S)
        for n in redis_data data logs; do [ ! -e "$DEPLOYMENT/$n" ] || sudo mv "$DEPLOYMENT/$n" "$DEPLOYMENT/$n.bak.$T"; done
        ```

        ## 3. Put the backup in its place

        Replace the directories whole; never copy into one that has files in it.

        ```sh
        for n in redis_data data logs; do [ ! -e "$BACKUP/$n" ] || sudo cp -a "$BACKUP/$n" "$DEPLOYMENT/$n"; done
        [ ! -e redis_data ] || sudo chown -R {{facts.RedisUserId}}:{{facts.RedisGroupId}} redis_data
        ```

        `.env` and the compose files: keep the server's where they are right, else take the backup's:

        ```sh
        for f in "$BACKUP"/.env "$BACKUP"/*compose*.y*ml; do
          n=${f##*/}
          [ -e "$f" ] || continue
          [ ! -e "$DEPLOYMENT/$n" ] || sudo mv "$DEPLOYMENT/$n" "$DEPLOYMENT/$n.bak.$T"
          sudo cp -p "$f" "$DEPLOYMENT/$n"
          sudo chown "$(id -u):$(id -g)" "$DEPLOYMENT/$n"
        done
        [ ! -e .env ] || chmod 0600 .env
        ```

        **`ENCRYPTION_KEY` in `.env` must be the one of this backup.** With another one everything looks healthy, and every client is refused:
        account secrets and API keys are bound to it.

        ## 4. Redis loads one of two layouts

        Both are here and hold the same dataset, so Redis finds its data whichever way it is configured:
        {{Layouts(facts)}}
        If you restore `dump.rdb` alone under `appendonly yes`, Redis starts **empty** and soon saves that over the dump.

        ```sh
        {{StartRedis(facts)}}
        redis_info() {
          sed -n 's/^REDIS_PASSWORD=//p' .env | tr -d '\r' | sed "s/^\([\"']\)\(.*\)\1\$/\2/" | {{AtRedis(facts)}}sh -c '
            IFS= read -r REDISCLI_AUTH && [ -n "$REDISCLI_AUTH" ] && export REDISCLI_AUTH
            exec redis-cli "$@" INFO' sh{{string.Concat(facts.RedisArguments.Select(argument => " " + Quoted(argument)))}}
        }
        n=0
        until redis_info 2>/dev/null | grep '^loading:0'; do [ $((n += 1)) -le 600 ] || break; sleep 1; done
        redis_info | awk -F '[=,]' '/^NOAUTH/ { print } /^db/ { keys += $2 } END { print keys + 0, "keys" }'
        ```

        There must be about {{facts.Keys}} keys, fewer by those that expired since. Where it says NOAUTH, Redis has another password than `.env`: look for
        `requirepass` in what configures it. Only then start the service:

        ```sh
        docker compose up -d --no-build{{(facts.RedisService is null ? " --no-deps " + facts.Service : "")}}
        ```

        ## 5. Check

        ```sh
        ADDRESS=$(docker compose port {{facts.Service}} 3000 | sed 's/^0\.0\.0\.0:/127.0.0.1:/; s/^\[*::\]*:/[::1]:/')
        n=0
        until curl -fs -m 10 -o /dev/null "http://$ADDRESS/health"; do [ $((n += 1)) -le 60 ] || break; sleep 2; done
        curl -fsS "http://$ADDRESS/health"
        ```

        Read `.components.redis.status` in the answer: the overall status says healthy even without Redis. Then make one request with a
        client's API key: a 401 means that `ENCRYPTION_KEY` is another. When all is well, remove `~/recovery`; keep `*.bak.*` for some days.

        """).ReplaceLineEndings("\n"));

    /// <summary>What opens an archive where the guide inside cannot be read yet; null for a plain one.</summary>
    public static string? FindOpening(string archive) => Path.GetExtension(archive) switch
    {
        ".age" => $"age -d -i KEYFILE -o {Path.GetFileNameWithoutExtension(archive)} {archive}   # without -i KEYFILE where it asks for a passphrase",
        ".gpg" => $"gpg -o {Path.GetFileNameWithoutExtension(archive)} -d {archive}",
        _ => null,
    };

    private static string Base(RecoveryFacts facts) => $"claude-relay-backup-{facts.Id}";

    private static bool IsZstd(RecoveryFacts facts) => facts.Archive.Contains(".tar.zst", StringComparison.Ordinal);

    private static string PlainName(RecoveryFacts facts) => Path.GetExtension(facts.Archive) is ".age" or ".gpg"
        ? Path.GetFileNameWithoutExtension(facts.Archive)
        : facts.Archive;

    /// <summary>By what is there: a backup that was encrypted anew since has another ending than it had when this was written.</summary>
    private static string Decrypt(string plain) => $"""
        if [ -e {plain}.age ] && [ -e KEYFILE ]; then
          age -d -i KEYFILE -o {plain} {plain}.age
        elif [ -e {plain}.age ]; then
          age -d -o {plain} {plain}.age   # asks for the passphrase
        elif [ -e {plain}.gpg ]; then
          gpg -o {plain} -d {plain}.gpg
        fi
        """;

    private static string Where(RecoveryFacts facts) => facts.RedisService is null
        ? $"""

            This Redis ran on the server itself, where compose stops nothing: its unit may have another name (`systemctl list-units '*redis*'`); without systemd
            it is stopped by `redis-cli {string.Join(' ', facts.RedisArguments)} SHUTDOWN NOSAVE`. `redis_data` is the directory that its configuration names as `dir`.

            """
        : """

            A Redis that runs on the server itself compose does not stop: `sudo systemctl stop redis-server`, or without systemd `redis-cli SHUTDOWN NOSAVE`.

            """;

    private static string Native(RecoveryFacts facts, string verb) => facts.RedisService is null ? $"\nsudo systemctl {verb} redis-server" : "";

    /// <summary>Images that are there stay what they are: newer ones would be an update.</summary>
    private static string StartRedis(RecoveryFacts facts) => facts.RedisService is null
        ? Native(facts, "start").TrimStart()
        : $"docker compose up --no-start --no-build || docker compose pull   # images that are here stay as they are\ndocker compose up -d --no-build {facts.RedisService}";

    private static string AtRedis(RecoveryFacts facts) => facts.RedisService is null ? "" : $"docker compose exec -T {facts.RedisService} ";

    private static string Quoted(string word) => word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
        ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Redis 7 moved the append-only file into a directory with a manifest.</summary>
    private static string Layouts(RecoveryFacts facts) =>
        int.TryParse(facts.RedisVersion.Split('.')[0], out var major) && major < 7
            ? """

              - `redis_data/dump.rdb`, loaded under `appendonly no`
              - `redis_data/appendonly.aof`, the same file under another name, loaded under `appendonly yes` (Redis before 7; Redis 7 takes it over itself)

              """
            : """

              - `redis_data/dump.rdb`, loaded under `appendonly no`
              - `redis_data/appendonlydir/`, a manifest and the same dump as its base, loaded under `appendonly yes` (Redis 7 and later)

              """;
}
