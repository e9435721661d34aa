using System.Collections.Immutable;
using System.Globalization;

namespace RelayOps.Testing.Datasets;

/// <summary>
/// What the service keeps in Redis, invented: names, types and lifetimes as in its sources, every encoding that an RDB has of
/// them, secrets truly encrypted. The same seed gives the same keys; only ciphers and times differ.
/// </summary>
public sealed class Dataset
{
    private const int Day = 86400;

    private readonly Random random = new(20250805);
    private readonly SortedDictionary<int, int> keys = [];
    private readonly RespWriter writer;
    private readonly AccountSecrets secrets;
    private int database;
    private string current = "";

    private Dataset(RespWriter writer, AccountSecrets secrets)
    {
        this.writer = writer;
        this.secrets = secrets;
    }

    /// <summary>Writes a dataset as Redis commands and says what it holds.</summary>
    /// <param name="output">The standard input of <c>redis-cli --pipe</c>.</param>
    /// <param name="apiKeys">One client's key for each, in clear: at least <see cref="DatasetSize.ApiKeys"/>.</param>
    /// <param name="encryptionKey">The deployment's ENCRYPTION_KEY.</param>
    /// <returns>How many keys each database has.</returns>
    public static async Task<ImmutableSortedDictionary<int, int>> WriteAsync(
        Stream output, DatasetSize size, IReadOnlyList<string> apiKeys, string encryptionKey, CancellationToken cancellationToken)
    {
        var secrets = new AccountSecrets(encryptionKey);
        var dataset = new Dataset(new RespWriter(output), secrets);
        var ids = apiKeys.Take(size.ApiKeys).Select(_ => dataset.Id()).ToArray();
        for (var i = 0; i < ids.Length; i++)
        {
            dataset.WriteApiKey(ids[i], secrets.HashOf(apiKeys[i]));
            await dataset.writer.FlushAsync(always: false, cancellationToken);
        }

        dataset.New("apikey:hash_map");
        dataset.WriteAccounts();
        dataset.WriteSystem(ids);
        await dataset.WriteRecordsAsync(ids, size.RecordBytes, cancellationToken);
        await dataset.WriteUpdatesAsync(ids, size.UpdateBytes, cancellationToken);
        dataset.WriteOtherDatabases();
        await dataset.writer.FlushAsync(always: true, cancellationToken);
        return dataset.keys.ToImmutableSortedDictionary();
    }

    private void WriteApiKey(string id, string hash)
    {
        writer.Write("HSET", "apikey:hash_map", hash, id);
        writer.Write("HSET", New($"apikey:{id}"), "id", id, "name", $"client {id[..4]} 客户", "apiKey", hash,
            "tokenLimit", "1000000", "isActive", "true", "permissions", """["claude","openai"]""", "tags", "[]", "createdBy", "admin");
        Expire(365 * Day);
        Usage($"usage:{id}", 0);
        for (var day = 1; day <= 24; day++)
            Usage($"usage:daily:{id}:2025-07-{day:00}", 32 * Day);
        for (var hour = 0; hour < 20; hour++)
            Usage($"usage:hourly:{id}:2025-08-05:{hour:00}", 7 * Day);
        for (var month = 1; month <= 7; month++)
            Usage($"usage:monthly:{id}:2025-{month:00}", 365 * Day);
        for (var day = 1; day <= 6; day++)
            Text($"usage:cost:daily:{id}:2025-08-{day:00}", Cost(), 30 * Day);
        Text($"usage:cost:total:{id}", Cost(), 0);
        writer.Write("RPUSH", New($"usage:records:{id}"), Record(), Record(), Record(), Record());
        Expire(90 * Day);
        writer.Write("ZADD", New($"concurrency:{id}"), "1754400000000", Id(), "1754400000001", Id());
    }

    private void WriteAccounts()
    {
        foreach (var (prefix, salt, field, shared) in Kinds)
        {
            var ids = new[] { Id(), Id() };
            foreach (var id in ids)
                writer.Write("HSET", New(prefix + id), "id", id, "name", "account", "isActive", "true", "status", "active", "priority", "50",
                    field, secrets.Encrypt(salt, $"sk-{Hex(24)}"), "email", "", "createdAt", "2025-08-05T14:25:30.000Z");
            writer.Write("SADD", New(shared), ids[0], ids[1]);
        }

        var bedrock = Id();
        var credentials = secrets.EncryptBedrock($$"""{"accessKeyId":"AKIA{{Hex(8)}}","secretAccessKey":"{{Hex(20)}}"}""");
        Text($"bedrock_account:{bedrock}", $$"""{"id":"{{bedrock}}","name":"bedrock","region":"us-east-1","isActive":true,"credentialType":"access_key","awsCredentials":{{credentials}}}""", 0);
        writer.Write("SADD", New("bedrock_account:index"), bedrock);
    }

    private void WriteSystem(string[] ids)
    {
        writer.Write("HSET", New($"session:{Hex(32)}"), "username", "cr_admin", "loginTime", "2025-08-05T14:25:30.000Z");
        Expire(Day);
        Text("system:migration:global_stats_v1", "2025-08-05T14:25:30.000Z", 0);
        Text("system:note", string.Concat(Enumerable.Repeat("the same words again and again ", 200)), 0);
        New("billing:events");
        for (var i = 0; i < 200; i++)
            writer.Write("XADD", "billing:events", $"{(1754400000000 + i * 250).ToString(CultureInfo.InvariantCulture)}-0", "data", Record());
        writer.Write("XGROUP", "CREATE", "billing:events", "billing", "1754400010000-0");
        writer.Write("XREADGROUP", "GROUP", "billing", "collector", "COUNT", "10", "STREAMS", "billing:events", ">");
        New("cost_rank:daily:scores");
        New("apikey:idx:all");
        New("numbers:few");
        New("numbers:many");
        foreach (var id in ids)
        {
            writer.Write("ZADD", "cost_rank:daily:scores", Cost(), id);
            writer.Write("SADD", "apikey:idx:all", id);
        }

        for (var i = 0; i < 700; i++)
            writer.Write("SADD", i < 40 ? "numbers:few" : "numbers:many", (i * 65537L).ToString(CultureInfo.InvariantCulture));
    }

    private async Task WriteRecordsAsync(string[] ids, long bytes, CancellationToken cancellationToken)
    {
        for (var start = writer.Written; writer.Written - start < bytes; await writer.FlushAsync(always: false, cancellationToken))
        {
            Usage($"account_usage:hourly:{Id()}:2025-08-05:14", 7 * Day);
            writer.Write("RPUSH", $"usage:records:{ids[random.Next(ids.Length)]}", Record(), Record(), Record(), Record());
        }
    }

    private async Task WriteUpdatesAsync(string[] ids, long bytes, CancellationToken cancellationToken)
    {
        for (var start = writer.Written; writer.Written - start < bytes; await writer.FlushAsync(always: false, cancellationToken))
            writer.Write("HINCRBY", $"usage:{ids[random.Next(ids.Length)]}", "totalTokens", Number(5000));
    }

    private void WriteOtherDatabases()
    {
        foreach (var other in new[] { 1, 5 })
        {
            database = other;
            writer.Write("SELECT", Exactly(other));
            for (var i = 0; i < 10 * other; i++)
                Text($"cache:{i}", Hex(40), 3600 * (i + 1));
        }
    }

    private void Usage(string key, int lifetime)
    {
        writer.Write("HSET", New(key), "totalInputTokens", Number(90000), "totalOutputTokens", Number(90000), "totalTokens", Number(180000),
            "totalCacheReadTokens", Number(900000), "totalRequests", Number(500));
        Expire(lifetime);
    }

    private void Text(string key, string value, int lifetime)
    {
        if (lifetime == 0)
            writer.Write("SET", New(key), value);
        else
            writer.Write("SET", New(key), value, "EX", Exactly(lifetime));
    }

    /// <summary>Counts a key that was not there before.</summary>
    private string New(string key)
    {
        keys[database] = keys.GetValueOrDefault(database) + 1;
        return current = key;
    }

    /// <summary>Gives the newest key a lifetime.</summary>
    private void Expire(int seconds)
    {
        if (seconds > 0)
            writer.Write("EXPIRE", current, Exactly(seconds));
    }

    private string Record() =>
        $$"""{"timestamp":"2025-08-05T14:{{random.Next(60):00}}:{{random.Next(60):00}}.{{random.Next(1000):000}}Z","model":"claude-sonnet-4-20250514","accountId":"{{Id()}}","inputTokens":{{Number(9000)}},"outputTokens":{{Number(9000)}},"cost":{{Cost()}},"requestId":"req_{{Hex(12)}}"}""";

    private string Id() => $"{Hex(4)}-{Hex(2)}-4{Hex(2)[1..]}-a{Hex(2)[1..]}-{Hex(6)}";

    private string Hex(int bytes)
    {
        Span<byte> some = stackalloc byte[bytes];
        random.NextBytes(some);
        return Convert.ToHexStringLower(some);
    }

    private string Cost() => (random.Next(1, 9_999_999) / 1e6).ToString(CultureInfo.InvariantCulture);

    private string Number(int below) => Exactly(random.Next(below));

    private static string Exactly(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static readonly ImmutableArray<(string Prefix, string Salt, string Field, string Shared)> Kinds =
    [
        ("claude:account:", "salt", "refreshToken", "shared_accounts"),
        ("claude_console_account:", "claude-console-salt", "apiKey", "shared_claude_console_accounts"),
        ("openai:account:", "openai-account-salt", "refreshToken", "shared_openai_accounts"),
        ("openai_responses_account:", "openai-responses-salt", "apiKey", "shared_openai_responses_accounts"),
        ("azure_openai:account:", "azure-openai-account-default-salt", "apiKey", "shared_azure_openai_accounts"),
        ("gemini_account:", "gemini-account-salt", "refreshToken", "shared_gemini_accounts"),
        ("gemini_api_account:", "gemini-api-salt", "apiKey", "shared_gemini_api_accounts"),
        ("droid:account:", "droid-account-salt", "refreshToken", "droid:account:index"),
        ("ccr_account:", "ccr-account-salt", "apiKey", "shared_ccr_accounts"),
    ];
}
