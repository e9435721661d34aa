using System.Text.Json;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Daily;

/// <summary>What an operator reads and tidies from day to day, on one deployment that runs.</summary>
[Collection(OneServer.Name)]
public sealed class DailyScenarioTests(Server server)
{
    [Fact]
    public async Task Inspect_and_Usage_tell_what_is_there_and_what_is_different_and_change_nothing()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        await scenario.RedisAsync("SET", "usage:will:change", "1");
        await scenario.RedisAsync("SET", "session:will-go", "1", "EX", "3600");
        var first = (await scenario.BackupAsync()).Name;
        await scenario.RedisAsync("SET", "usage:will:change", "2");
        await scenario.RedisAsync("SET", "apikey:came", "1");
        await scenario.RedisAsync("DEL", "session:will-go");
        await scenario.AsRootAsync("cd \"$1\" && echo '{}' > data/new.json && echo more >> data/init.json && rm data/model_pricing.json && echo EXTRA_NAME=extra-value >> .env");

        await InspectTellsWhatIsInside(scenario, first);
        await InspectComparesWithLive(scenario, first);
        var second = (await scenario.BackupAsync()).Name;
        await InspectComparesBackups(scenario, first, second);
        await UsageMeasures(scenario, second);
    }

    private async Task InspectTellsWhatIsInside(Scenario scenario, string id)
    {
        var (inside, text) = await JsonAsync(scenario, "Inspect", "--backup-id", id);
        var redis = inside.GetProperty("redis");
        var session = redis.GetProperty("prefixes").EnumerateArray().Single(prefix => prefix.GetProperty("prefix").GetString() == "session");

        Assert.Equal(redis.GetProperty("keys").GetInt64(), redis.GetProperty("prefixes").EnumerateArray().Sum(prefix => prefix.GetProperty("keys").GetInt64()));
        Assert.InRange(session.GetProperty("shortestTtlSeconds").GetInt64(), 0, 3600);
        Assert.True(inside.GetProperty("accounts").GetProperty("claude").GetInt64() > 0);
        Assert.Contains("redis_data/dump.rdb", inside.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        Assert.Contains("ENCRYPTION_KEY", inside.GetProperty("environmentNames").EnumerateArray().Select(name => name.GetString()));
        Assert.True(inside.GetProperty("hasKeyFingerprint").GetBoolean());
        Assert.NotEmpty(inside.GetProperty("images").EnumerateArray());
        AssertNoSecrets(scenario, text);
    }

    private async Task InspectComparesWithLive(Scenario scenario, string id)
    {
        var (difference, text) = await JsonAsync(scenario, "Inspect", "--backup-id", id, "--against", "live");

        Assert.Equal((id, "live"), (Text(difference, "from"), Text(difference, "to")));
        AssertChanges(difference);
        Assert.Equal(difference.GetProperty("keysBefore").GetInt64(), difference.GetProperty("keysAfter").GetInt64());
        Assert.Equal(-1, Growth(difference, "session"));
        Assert.Equal(1, Growth(difference, "apikey"));
        Assert.DoesNotContain("extra-value", text, StringComparison.Ordinal);
        AssertNoSecrets(scenario, text);
    }

    private async Task InspectComparesBackups(Scenario scenario, string first, string second)
    {
        // Whichever is named first, the older one is.
        var (difference, text) = await JsonAsync(scenario, "Inspect", "--backup-id", second, "--against", first);
        var keys = difference.GetProperty("keys").EnumerateArray().ToDictionary(key => key.GetProperty("prefix").GetString()!);

        Assert.Equal((first, second), (Text(difference, "from"), Text(difference, "to")));
        AssertChanges(difference);
        Assert.Equal(1, keys["usage"].GetProperty("changed").GetInt64());
        Assert.Equal(1, keys["apikey"].GetProperty("added").GetInt64());
        Assert.Equal(1, keys["session"].GetProperty("removed").GetInt64());
        AssertNoSecrets(scenario, text);
    }

    private async Task UsageMeasures(Scenario scenario, string newest)
    {
        await scenario.AsRootAsync("mkdir \"$1/data.bak.20250701_030000\" && head -c 300000 /dev/urandom > \"$1/data.bak.20250701_030000/old\"");
        var listing = await scenario.AsRootAsync("find \"$1\" -path '*/redis_data/*' -prune -o -path '*/logs/*' -prune -o -print | sort");
        using var directory = TestDirectory.Create("relayops-report-");

        var (usage, _) = await JsonAsync(scenario, "Usage", "--report", directory.File("report.json"));
        var sizes = usage.GetProperty("entries").EnumerateArray().ToDictionary(entry => entry.GetProperty("name").GetString()!, entry => entry.GetProperty("bytes"));
        var text = await RunAsync(scenario, "Usage");
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.File("report.json"))).RootElement;

        Assert.InRange(sizes["data.bak.20250701_030000"].GetInt64(), 300_000, 330_000);
        Assert.Equal(long.Parse(await scenario.AsRootAsync("du -sk \"$1/data\" | cut -f1"), null) * 1024, sizes["data"].GetInt64());
        // The user may not look into it: measured by another way.
        Assert.Equal(JsonValueKind.Number, sizes["redis_data"].ValueKind);
        Assert.Equal(newest, usage.GetProperty("redis").GetProperty("backupId").GetString());
        Assert.Equal(JsonValueKind.Null, usage.GetProperty("growthPerDay").ValueKind);
        Assert.Equal(2, File.ReadLines(Path.Combine(scenario.Store.Directory, ".relayops", "usage.jsonl")).Count());
        Assert.Contains("too little history for a forecast: 2 of at least 3 runs", text.Output, StringComparison.Ordinal);
        var bars = text.Output.Split('\n').Where(line => line.Contains('█')).ToList();
        Assert.NotEmpty(bars);
        Assert.DoesNotContain(bars, line => line.Contains('\u001b'));
        Assert.Equal(usage.GetProperty("deploymentBytes").GetInt64(), report.GetProperty("usage").GetProperty("deploymentBytes").GetInt64());
        Assert.Equal(listing, await scenario.AsRootAsync("find \"$1\" -path '*/redis_data/*' -prune -o -path '*/logs/*' -prune -o -print | sort"));
    }

    private static void AssertChanges(JsonElement difference)
    {
        Assert.Equal("data/new.json", difference.GetProperty("filesAdded").EnumerateArray().Select(path => path.GetString()).Single(path => path!.StartsWith("data/", StringComparison.Ordinal)));
        Assert.Equal("data/model_pricing.json", difference.GetProperty("filesRemoved").EnumerateArray().Single().GetString());
        Assert.Contains("data/init.json", difference.GetProperty("filesChanged").EnumerateArray().Select(path => path.GetString()));
        Assert.Equal("EXTRA_NAME", difference.GetProperty("environmentAdded").EnumerateArray().Single().GetString());
        Assert.Empty(difference.GetProperty("environmentChanged").EnumerateArray());
    }

    private static long Growth(JsonElement difference, string prefix)
    {
        var change = difference.GetProperty("prefixes").EnumerateArray().Single(entry => Text(entry, "prefix") == prefix);
        return change.GetProperty("after").GetInt64() - change.GetProperty("before").GetInt64();
    }

    private static void AssertNoSecrets(Scenario scenario, string text)
    {
        var secrets = scenario.Deployment.Secrets;
        foreach (var secret in new[] { secrets.EncryptionKey, secrets.JwtSecret, secrets.AdminPassword, "will-go" })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<(JsonElement Document, string Everything)> JsonAsync(Scenario scenario, string target, params string[] arguments)
    {
        var result = await RunAsync(scenario, target, [.. arguments, "--json"]);
        var text = target == "Inspect" ? (await RunAsync(scenario, target, arguments)).ToString() : "";
        return (JsonDocument.Parse(result.Output).RootElement, result + text);
    }

    private async Task<RelayOpsResult> RunAsync(Scenario scenario, string target, params string[] arguments)
    {
        using var directory = TestDirectory.Create("relayops-report-");
        string[] report = arguments.Contains("--report") ? [] : ["--report", directory.File("report.json")];
        var result = await RelayOpsProcess.RunAsync(
            [target, .. server.Reaching(scenario.Deployment.Options.Owner!, scenario.Path), "--backup-directory", scenario.Store.Directory, .. arguments, .. report]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }
}
