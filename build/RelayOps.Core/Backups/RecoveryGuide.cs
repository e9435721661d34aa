using System.Text;

namespace RelayOps.Core.Backups;

/// <summary>What <c>RECOVERY.md</c> must know of its archive.</summary>
public sealed record RecoveryFacts
{
    public required BackupId Id { get; init; }

    /// <summary>The archive's file name, e.g. <c>claude-relay-backup-20250805_142530.tar.gz</c>.</summary>
    public required string Archive { get; init; }

    public required SourceServer Server { get; init; }

    public required string RedisVersion { get; init; }

    public required long Keys { get; init; }

    /// <summary>The archive opens with a passphrase.</summary>
    public bool AsksForPassphrase { get; init; }

    /// <summary>The owner of Redis' files on the server.</summary>
    public required int RedisUserId { get; init; }

    public required int RedisGroupId { get; init; }
}

/// <summary><c>RECOVERY.md</c>: how to put back the archive it lies in with nothing but tar, docker compose and a shell.</summary>
public static class RecoveryGuide
{
    public const string Name = "RECOVERY.md";

    public static byte[] For(RecoveryFacts facts) => Encoding.UTF8.GetBytes($"""
        # How to restore this backup by hand

        Backup `{facts.Id}` of {facts.Server.Name}, `{facts.Server.DeploymentPath}`: {facts.Keys} Redis keys, taken from Redis {facts.RedisVersion}.
        This archive holds secrets (`.env`, the administrator's password, session tokens): keep every copy at mode 0600.

        You need a shell on the server, `tar`, `{(IsZstd(facts) ? "zstd" : "gzip")}` and docker compose (`docker compose`, or `docker-compose`), and `sudo` where
        the files are not yours. Everything below runs in one shell.

        ## 1. Unpack and check

        ```sh
        umask 077
        mkdir -p ~/recovery && cd ~/recovery
        sha256sum -c claude-relay-backup-{facts.Id}.sha256   # with the archive and its .sha256 here
        {Decrypt(facts)}sudo tar xpf {PlainName(facts)} --numeric-owner
        BACKUP=~/recovery/claude-relay-backup-{facts.Id}
        DEPLOYMENT='{facts.Server.DeploymentPath.Replace("'", "'\\''", StringComparison.Ordinal)}'
        ```

        `manifest.json` has the sha256 of every file.

        ## 2. Stop, and put the old data aside

        Stop the service **and** Redis first: a running Redis writes its own data over what you restore.

        ```sh
        cd "$DEPLOYMENT" && docker compose stop && docker compose ps
        T=$(date -u +%Y%m%d_%H%M%S)
        for n in redis_data data logs; do [ ! -e $n ] || sudo mv $n $n.bak.$T; done
        ```

        On a new server there is nothing to stop: `mkdir -p "$DEPLOYMENT" && cd "$DEPLOYMENT"`.

        ## 3. Put the backup in its place

        Replace the directories whole; never copy into one that has files in it.

        ```sh
        for n in redis_data data logs; do [ ! -e "$BACKUP/$n" ] || sudo cp -a "$BACKUP/$n" .; done
        sudo chown -R {facts.RedisUserId}:{facts.RedisGroupId} redis_data
        ```

        `.env` and `docker-compose.yml`: keep the server's where they are right, else take the backup's:

        ```sh
        sudo cp -p "$BACKUP/.env" "$BACKUP"/*compose*.y*ml . && sudo chown "$(id -u):$(id -g)" .env *compose*.y*ml && chmod 0600 .env
        ```

        **`ENCRYPTION_KEY` in `.env` must be the one of this backup.** With another one everything looks healthy, and every client is refused:
        account secrets and API keys are bound to it.

        ## 4. Redis loads one of two layouts

        Both are here and hold the same dataset, so Redis finds its data whichever way it is configured:
        {Layouts(facts)}
        If you restore `dump.rdb` alone under `appendonly yes`, Redis starts **empty** and soon saves that over the dump.

        ```sh
        docker compose pull && docker compose up -d --no-build redis
        docker compose exec -T redis redis-cli DBSIZE    # about {facts.Keys} keys, fewer by those that expired since
        docker compose up -d --no-build
        ```

        ## 5. Check

        ```sh
        curl -fsS http://127.0.0.1:3000/health
        ```

        Read `.components.redis.status` in the answer: the overall status says healthy even without Redis. Then make one request with a
        client's API key: a 401 means that `ENCRYPTION_KEY` is another. When all is well, remove `~/recovery`; keep `*.bak.*` for some days.

        """.ReplaceLineEndings("\n"));

    private static bool IsZstd(RecoveryFacts facts) => facts.Archive.Contains(".tar.zst", StringComparison.Ordinal);

    private static string PlainName(RecoveryFacts facts) => Path.GetExtension(facts.Archive) is ".age" or ".gpg"
        ? Path.GetFileNameWithoutExtension(facts.Archive)
        : facts.Archive;

    private static string Decrypt(RecoveryFacts facts) => Path.GetExtension(facts.Archive) switch
    {
        ".age" when facts.AsksForPassphrase => $"age -d -o {PlainName(facts)} {facts.Archive}   # asks for the passphrase\n",
        ".age" => $"age -d -i KEYFILE -o {PlainName(facts)} {facts.Archive}   # without -i for a passphrase\n",
        ".gpg" => $"gpg -o {PlainName(facts)} -d {facts.Archive}\n",
        _ => "",
    };

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
