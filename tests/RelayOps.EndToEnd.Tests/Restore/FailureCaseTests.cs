using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>How the manual procedure fails, one by one: each was reproduced there, and none happens here.</summary>
[Collection(OneServer.Name)]
public sealed class FailureCaseTests(Server server)
{
    [Fact]
    public async Task Case03_ADamagedByteInsideASoundArchive_is_refused_before_the_server_is_touched()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        await scenario.AsRootAsync($$"""
            cd '{{scenario.Store.Directory}}' && mkdir unpacked && tar xzf *.tar.gz -C unpacked && cd unpacked/*
            printf X | dd of=redis_data/dump.rdb bs=1 seek=2000 conv=notrunc 2>/dev/null
            cd .. && tar czf ../*.tar.gz * && cd .. && rm -r unpacked && sha256sum *.tar.gz > "$(echo *.sha256)"
            """);

        var refused = await RelayOpsProcess.RunAsync(["Restore", .. server.Reaching(ServerUsers.Docker, scenario.Path),
            "--backup-directory", scenario.Store.Directory, "--backup-id", source.Name, "--confirm", "yes"]);

        Assert.True(refused.ExitCode == (int)ExitStatus.BadBackup, refused.ToString());
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Empty(await scenario.LeftoversAsync());
    }

    [Fact]
    public async Task Case13_EnvMissing_comes_back_with_the_data_and_the_service_starts()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var environment = await scenario.FilesAsync(".env");
        var source = await scenario.BackupAsync();
        await scenario.LoseDataAsync();
        await scenario.AsRootAsync("rm \"$1/.env\"");

        await scenario.RestoreAsync(source);

        Assert.Equal(environment, await scenario.FilesAsync(".env"));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Equal(System.Net.HttpStatusCode.OK, await scenario.Deployment.AskAsync(scenario.Deployment.ApiKeys[0], scenario.Patience));
    }

    [Fact]
    public async Task Case04_AppendOnlyRedisIgnoresADump_keys_come_back_and_outlive_a_restart()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        await scenario.LoseDataAsync();

        await scenario.RestoreAsync(source);
        var keys = await scenario.RedisAsync("DBSIZE");
        await scenario.Deployment.ComposeAsync(["restart", "-t", "20", "redis"], scenario.Patience);
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(60), scenario.Patience);

        Assert.Equal(keys, await scenario.RedisAsync("DBSIZE"));
        Assert.InRange(int.Parse(keys), 1200, 1400);
    }

    [Fact]
    public async Task Case05_06_07_PartialRestoreUnderALiveService_replaces_the_dataset_whole()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo);
        var source = await scenario.BackupAsync();
        await scenario.RedisAsync("SET", "written:after", "the backup");
        await scenario.AsRootAsync("echo kept > \"$1/data/new.json\"");

        await scenario.RestoreAsync(source, scenario.Request with { Parts = DeploymentParts.Redis });
        await scenario.RedisAsync("BGREWRITEAOF");
        await (await scenario.Deployment.RedisAsync(scenario.Patience)).WaitUntilIdleAsync(scenario.Patience);
        await scenario.Deployment.ComposeAsync(["restart", "-t", "20", "redis"], scenario.Patience);
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(60), scenario.Patience);

        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
        Assert.Equal("kept", (await scenario.AsRootAsync("cat \"$1/data/new.json\"")).Trim());
    }

    [Fact]
    public async Task Case09_ASecondSafetyCopy_has_a_name_of_its_own_and_the_oldest_goes()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Busybox);
        var source = await scenario.BackupAsync();

        var first = await scenario.RestoreAsync(source);
        var second = await scenario.RestoreAsync(source);
        var third = await scenario.RestoreAsync(source);

        Assert.Equal(
            [.. second.SafetyCopies.Concat(third.SafetyCopies).Select(name => "./" + name).Order()], (await scenario.LeftoversAsync()).Order());
        Assert.NotEqual(first.SafetyCopies, second.SafetyCopies);
        Assert.Equal("", await scenario.AsRootAsync("find \"$1/data\" -mindepth 1 -type d"));
    }

    [Fact]
    public async Task Case10_FilesOwnedByTheSshUser_come_back_with_their_owner_and_mode()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var logs = await scenario.AsRootAsync("cd \"$1\" && find logs data -exec stat -c '%n %a %u %g' {} + | sort");
        var source = await scenario.BackupAsync();

        await scenario.RestoreAsync(source);

        Assert.Equal(logs, await scenario.AsRootAsync("cd \"$1\" && find logs data -exec stat -c '%n %a %u %g' {} + | sort"));
        Assert.Equal("755 999\n600 999\n700 999\n600 999\n", await scenario.AsRootAsync(
            "cd \"$1/redis_data\" && stat -c '%a %u' . dump.rdb appendonlydir appendonlydir/appendonly.aof.manifest"));
    }

    [Fact]
    public async Task Case11_AnotherProjectName_containers_are_found_and_stopped_all_the_same()
    {
        await using var scenario = await Scenario.BeginAsync(
            server, ServerUsers.Sudo, new DeploymentOptions { ProjectName = "another", DirectoryName = "relay 部署" });
        var source = await scenario.BackupAsync();
        await scenario.LoseDataAsync();

        var outcome = await scenario.RestoreAsync(source);

        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
        Assert.Equal(scenario.Deployment.LoadedKeys.Values.Sum() + 2, outcome.Keys);
    }

    [Fact]
    public async Task Case12_AnotherEncryptionKey_is_refused_before_anything_changes()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        await scenario.AsRootAsync("sed -i 's/^ENCRYPTION_KEY=.*/ENCRYPTION_KEY=00000000000000000000000000000000/' \"$1/.env\"");

        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(source));

        Assert.Equal(ExitStatus.WrongUse, refused.Status);
        Assert.DoesNotContain(scenario.Deployment.Secrets.EncryptionKey, refused.Message);
        Assert.Empty(await scenario.LeftoversAsync());
        var outcome = await scenario.RestoreAsync(source, scenario.Request with { Environment = EnvironmentPolicy.Restore });
        Assert.Contains(outcome.SafetyCopies, name => name.StartsWith(".env.bak.", StringComparison.Ordinal));
        Assert.Contains(scenario.Deployment.Secrets.EncryptionKey, await scenario.AsRootAsync("cat \"$1/.env\""));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
    }

    [Fact]
    public async Task Case14_AdminPasswordChangedInEnvAlone_is_told()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo);
        var source = await scenario.BackupAsync();
        await scenario.AsRootAsync("sed -i 's/^ADMIN_PASSWORD=.*/ADMIN_PASSWORD=changed-here/' \"$1/.env\"");

        await scenario.RestoreAsync(source);

        Assert.Contains(scenario.Said.Warnings, warning => warning.StartsWith("ADMIN_PASSWORD in .env differs", StringComparison.Ordinal));
        Assert.Contains(scenario.Said.Notes, note => note.Contains("differ in ADMIN_PASSWORD;", StringComparison.Ordinal));
        Assert.DoesNotContain("changed-here", scenario.Said.ToString());
    }

    [Fact]
    public async Task Case15_TooLittleRoom_is_refused_while_everything_runs_and_can_save()
    {
        const string disk = "small-disk";
        await using var mounted = await SmallDisk.MountAsync($"{ServerUsers.Sudo.Home}/{disk}", megabytes: 48);
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo, new DeploymentOptions { DirectoryName = disk + "/relay" });
        var source = await scenario.BackupAsync();

        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(source));

        Assert.Equal(ExitStatus.Failed, refused.Status);
        Assert.Contains("MiB are free", refused.Why);
        Assert.Empty(await scenario.LeftoversAsync());
        Assert.Equal("OK", await scenario.RedisAsync("SAVE"));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
    }

    [Fact]
    public async Task Case16_TheImageIsNotThere_is_refused_while_everything_runs()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        await scenario.AsRootAsync("cd \"$1\" && cp -p docker-compose.yml kept && sed -i 's#image: weishaw/.*#image: weishaw/claude-relay-service:${RELAY_TAG:-never-built}#' docker-compose.yml");
        var source = await scenario.BackupAsync();
        await scenario.AsRootAsync("cd \"$1\" && mv kept docker-compose.yml");

        var refused = await Assert.ThrowsAsync<RelayOpsException>(
            () => scenario.RestoreAsync(source, scenario.Request with { Environment = EnvironmentPolicy.Restore }));

        Assert.Equal(ExitStatus.WrongUse, refused.Status);
        Assert.Contains("never-built", refused.Why);
        Assert.Contains("services.claude-relay.image", scenario.Said.ToString());
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Empty(await scenario.LeftoversAsync());
    }

    [Fact]
    public async Task Case17_NoTerminal_no_command_asks_for_one()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        var before = await scenario.FilesAsync(".");

        await scenario.RestoreAsync(source, scenario.Request with { DryRun = true });

        Assert.Contains(scenario.Said.Notes, note => note.Contains("docker exec -i ", StringComparison.Ordinal));
        Assert.DoesNotContain(scenario.Said.Notes, note => note.Contains(" -t ", StringComparison.Ordinal) && note.Contains("docker exec -t", StringComparison.Ordinal));
        Assert.DoesNotContain(scenario.Said.Notes, note => note.Contains("-it ", StringComparison.Ordinal));
        Assert.Equal(before, await scenario.FilesAsync("."));
    }

    [Fact]
    public async Task Case18_AForeignContainerOnTheNetwork_neither_hinders_nor_is_hindered()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Busybox);
        var source = await scenario.BackupAsync();
        var redis = await scenario.Deployment.ContainerAsync("redis", scenario.Patience);
        var network = (await DockerDaemon.RunAsync(
            ["inspect", "-f", "{{range .NetworkSettings.Networks}}{{.NetworkID}}{{end}}", redis], scenario.Patience)).Trim();
        var foreign = (await DockerDaemon.RunAsync(["run", "-d", "--network", network, "redis:7-alpine"], scenario.Patience)).Trim();
        try
        {
            await scenario.LoseDataAsync();

            await scenario.RestoreAsync(source);

            Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
            Assert.Equal("true", (await DockerDaemon.RunAsync(["inspect", "-f", "{{.State.Running}}", foreign], scenario.Patience)).Trim());
        }
        finally
        {
            await DockerDaemon.RunAsync(["rm", "-f", foreign], scenario.Patience);
        }
    }

    [Fact]
    public async Task Case21_HealthyWithoutRedis_does_not_count_as_healthy()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker, new DeploymentOptions { Dataset = null });
        await scenario.Deployment.ComposeAsync(["stop", "redis"], scenario.Patience);
        var target = await RestoreTarget.InspectAsync(
            scenario.Host, new Adapters.Deployments.YamlComposeParser(), scenario.Said, scenario.Path, scenario.Patience);

        var sick = await Assert.ThrowsAsync<RelayOpsException>(() => ServiceHealth.DemandAsync(
            scenario.Host, target.Services.Docker!, target.App!, TimeSpan.FromSeconds(1), scenario.Patience));

        Assert.Contains("redis is unhealthy", sick.Why);
    }
}
