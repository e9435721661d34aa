using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>An operator at a terminal: chooses from the list, sees what would change, and says yes or something else.</summary>
[Collection(OneServer.Name)]
public sealed class RestoreTerminalTests(Server server)
{
    [Fact]
    public async Task Restore_on_a_terminal_lists_the_backups_shows_the_difference_and_goes_by_the_answer()
    {
        const string canary = "canary-of-the-server";
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var older = await scenario.BackupAsync();
        await scenario.RedisAsync("SET", "only:newer", "backup");
        var newer = await scenario.BackupAsync();
        await scenario.LoseDataAsync();
        await scenario.AsRootAsync($"sed -i 's/^JWT_SECRET=.*/JWT_SECRET={canary}/' \"$1/.env\"");
        string[] arguments = ["Restore", .. server.Reaching(ServerUsers.Docker, scenario.Path), "--backup-directory", scenario.Store.Directory];

        await using (var declining = Terminal.Start(arguments))
        {
            await declining.AnswerAsync("restore which one? (1-2)", "1");
            await declining.AnswerAsync("type yes to go on:", "y");
            var declined = await declining.WaitAsync();
            Assert.True(declined.ExitCode == 2, declined.ToString());
            AssertShown(declined.Output, "1) " + newer.Name, "2) " + older.Name, "data: 1 files come, 1 go, 1 change", "comes   data/model_pricing.json",
                "goes    data/new.json", "changes data/init.json", "goes    written: 1 now, 0 afterwards", "differ in JWT_SECRET;", "nothing was changed");
            Assert.DoesNotContain(canary, declined.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(scenario.Deployment.Secrets.JwtSecret, declined.Output, StringComparison.Ordinal);
        }

        Assert.Equal("the backup", await scenario.RedisAsync("GET", "written:after"));
        Assert.Empty(await scenario.LeftoversAsync());
        await using var agreeing = Terminal.Start(arguments);
        await agreeing.AnswerAsync("restore which one? (1-2)", "2");
        await agreeing.AnswerAsync("type yes to go on:", "yes");
        var agreed = await agreeing.WaitAsync();
        Assert.True(agreed.ExitCode == 0, agreed.ToString());
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after", "only:newer"));
    }

    private static void AssertShown(string screen, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
            Assert.Contains(text, screen, StringComparison.Ordinal);
    }
}
