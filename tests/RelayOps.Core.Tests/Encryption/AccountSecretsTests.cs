using System.Text;
using System.Text.Json;
using RelayOps.Core.Encryption;
using RelayOps.Core.Tests.Redis;

namespace RelayOps.Core.Tests.Encryption;

/// <summary>accounts.json was encrypted by the relay's own code (its src/utils/commonHelper.js) under a throwaway key.</summary>
public class AccountSecretsTests
{
    private static readonly AccountsFixture Fixture = AccountsFixture.Read();

    [Fact]
    public async Task Check_opens_every_secret_with_the_key_they_were_made_with()
    {
        var report = (await CollectAsync(Fixture.Rdb())).Check(Fixture.EncryptionKey);

        Assert.Equal(
            "azure-openai 1/0, bedrock 2/0, ccr 1/0, claude 5/0, claude-console 1/0, droid 4/0, gemini 3/0, gemini-api 1/0, openai 5/0, openai-responses 1/0",
            string.Join(", ", report.Kinds.Select(kind => $"{kind.Key} {kind.Value.Decrypted}/{kind.Value.Failed}")));
        Assert.True(report.KeyFits);
    }

    [Fact]
    public async Task Check_opens_none_with_another_key()
    {
        var report = (await CollectAsync(Fixture.Rdb())).Check("another key");

        Assert.Equal((0, 24), (report.Decrypted, report.Failed));
        Assert.False(report.KeyFits);
    }

    [Fact]
    public void Opens_refuses_ten_thousand_wrong_keys()
    {
        var secret = SecretText.Find(Encoding.ASCII.GetBytes(Fixture.Hashes.First().Value["password"]))!;
        var random = new Random(20250805);
        var key = new byte[32];

        for (var i = 0; i < 10_000; i++)
        {
            random.NextBytes(key);
            Assert.False(secret.Opens(key));
        }
    }

    [Fact]
    public async Task Check_says_nothing_where_there_are_no_secrets()
    {
        var report = (await CollectAsync(new RdbWriter(9).Byte(4).Text("claude:account:1").Count(2).Text("name").Text("x").Text("email").Text("").End())).Check("key");

        Assert.Empty(report.Kinds);
        Assert.Null(report.KeyFits);
    }

    [Fact]
    public async Task Check_counts_a_damaged_secret_as_one_that_does_not_open()
    {
        var iv = new string('a', 32);
        var rdb = new RdbWriter(9);
        foreach (var cipher in new[] { "", "zz", "abc", new string('0', 30), new string('0', 64) })
            rdb.Byte(4).Text($"ccr_account:{cipher.Length}").Count(1).Text("apiKey").Text($"{iv}:{cipher}");
        rdb.Key(0, "bedrock_account:1").Text("{\"awsCredentials\":{\"iv\":\"\",\"encrypted\":\"00\"}}").Key(0, "bedrock_account:2").Text("{not json");
        rdb.Key(0, "bedrock_account:3").Text("{\"awsCredentials\":{\"iv\":\"\\ud800\",\"encrypted\":\"00\"}}");

        var report = (await CollectAsync(rdb.End())).Check(Fixture.EncryptionKey);

        Assert.Equal((0, 5), report.Kinds["ccr"]);
        Assert.Equal((0, 3), report.Kinds["bedrock"]);
    }

    [Fact]
    public async Task Secrets_are_collected_from_a_bounded_number_of_accounts()
    {
        var rdb = new RdbWriter(9);
        for (var i = 0; i < 60; i++)
            rdb.Byte(4).Text($"ccr_account:{i}").Count(1).Text("apiKey").Text(Fixture.Hashes.Single(pair => pair.Key.StartsWith("ccr", StringComparison.Ordinal)).Value["apiKey"]);

        Assert.Equal((50, 0), (await CollectAsync(rdb.End())).Check(Fixture.EncryptionKey).Kinds["ccr"]);
    }

    private static async Task<AccountSecrets> CollectAsync(byte[] rdb)
    {
        var secrets = new AccountSecrets(new KnownKeys());
        await RdbReaderTests.ReadAsync(rdb, secrets);
        return secrets;
    }

    /// <summary>Keys that Node.js derived; any other password gets a key that opens nothing.</summary>
    private sealed class KnownKeys : IScrypt
    {
        public byte[] Derive(byte[] password, byte[] salt, ScryptCost cost, int length)
        {
            Assert.Equal((ScryptCost.NodeDefault, 32), (cost, length));
            return Encoding.UTF8.GetString(password) == Fixture.EncryptionKey
                ? Convert.FromHexString(Fixture.DerivedKeys[Encoding.UTF8.GetString(salt)])
                : new byte[length];
        }
    }
}

internal sealed record AccountsFixture(
    string EncryptionKey, Dictionary<string, string> DerivedKeys, Dictionary<string, Dictionary<string, string>> Hashes, Dictionary<string, string> Strings)
{
    public static AccountsFixture Read() => JsonSerializer.Deserialize<AccountsFixture>(
        File.ReadAllText(Path.Combine(RdbReaderTests.FixtureDirectory(), "accounts.json")), JsonSerializerOptions.Web)!;

    public byte[] Rdb()
    {
        var rdb = new RdbWriter(11);
        foreach (var (key, fields) in Hashes)
        {
            rdb.Byte(4).Text(key).Count((ulong)fields.Count);
            foreach (var (field, value) in fields)
                rdb.Text(field).Text(value);
        }

        foreach (var (key, value) in Strings)
            rdb.Key(0, key).Text(value);
        return rdb.End();
    }
}
