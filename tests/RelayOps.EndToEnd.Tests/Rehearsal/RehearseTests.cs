using System.Text.Json;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Rehearsal;

/// <summary>The first command an operator types: the whole pipeline, and nothing of it left behind.</summary>
[Collection(OneServer.Name)]
public sealed class RehearseTests(Server server) : IDisposable
{
    private static readonly string[] EveryStep = ["backup", "verify", "destroy", "restore", "compare"];

    private readonly TestDirectory _temporary = TestDirectory.Create("relayops-rehearse-");
    private readonly TestDirectory _other = TestDirectory.Create("relayops-rehearse-");

    public void Dispose()
    {
        _temporary.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Rehearse_runs_every_step_with_a_real_redis_and_leaves_nothing_behind()
    {
        var (result, report) = await RehearseAsync([]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(EveryStep, Steps(report));
        Assert.StartsWith("redis-server ", report.GetProperty("rehearsal").GetProperty("with").GetString());
        Assert.Equal("drill", report.GetProperty("backup").GetProperty("verified").GetString());
        Assert.InRange(report.GetProperty("downtimeSeconds").GetDouble(), 0.01, 60);
        Assert.Contains("1,211 keys by Redis' own digest of every value", result.Output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Rehearse_takes_an_image_that_is_there_where_redis_server_is_not()
    {
        Assert.NotNull(server.Sshd);

        var (result, report) = await RehearseAsync(["redis-server", "redis-cli"], DockerDaemon.Host);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal([.. EveryStep, "migrate"], Steps(report));
        Assert.EndsWith("in a container of redis:7-alpine", report.GetProperty("rehearsal").GetProperty("with").GetString());
        foreach (var kind in new[] { "ps -aq", "network ls -q", "volume ls -q" })
            Assert.Equal("", await DockerDaemon.RunAsync([.. kind.Split(' '), "--filter", "name=relayops-rehearsal-"], CancellationToken.None));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Rehearse_rebuilds_in_containers_what_a_program_of_this_machine_has_served()
    {
        Assert.NotNull(server.Sshd);

        var (result, report) = await RehearseAsync([], DockerDaemon.Host);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal([.. EveryStep, "migrate"], Steps(report));
        Assert.StartsWith("redis-server ", report.GetProperty("rehearsal").GetProperty("with").GetString());
        Assert.Equal("", await ContainersAsync());
        AssertNothingLeft();
    }

    [Fact]
    public async Task Rehearse_does_with_files_alone_where_there_is_no_redis_at_all()
    {
        var (result, report) = await RehearseAsync(["redis-server", "redis-cli", "docker"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(EveryStep, Steps(report));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("rehearsal").GetProperty("with").ValueKind);
        Assert.Contains("files alone", result.Output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Rehearse_says_which_step_failed_and_leaves_nothing_behind()
    {
        await File.WriteAllTextAsync(_other.File("sha256sum"), "#!/bin/sh\ncat >/dev/null\necho './data/init.json: FAILED'\nexit 1\n");
        File.SetUnixFileMode(_other.File("sha256sum"), (UnixFileMode)0b111_101_101);

        await using var run = Start($"{_other.Path}:{Environment.GetEnvironmentVariable("PATH")}");
        var result = await run.WaitAsync();

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("the rehearsal failed at 'restore'", result.ToString(), StringComparison.Ordinal);
        Assert.Equal(["backup", "verify", "destroy"], Steps(await ReportAsync()));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Rehearse_removes_what_a_killed_one_has_left_and_cleans_up_when_it_is_interrupted()
    {
        // The third digest is the last that is compared, and the staged files are checked in the middle of the restore.
        using (var compare = await HeldProgram.CreateAsync(_other.File("compare"), "redis-cli", "DIGEST", call: 3))
        {
            await using var killed = Start(compare.SearchPath);
            await compare.IsReachedAsync(killed);
            killed.Signal("KILL");
            await killed.WaitAsync();
        }

        Assert.Single(Directory.EnumerateDirectories(_temporary.Path, "relayops-rehearsal-*"));
        using var check = await HeldProgram.CreateAsync(_other.File("check"), "sha256sum", "", call: 1);
        await using var run = Start(check.SearchPath);
        await check.IsReachedAsync(run);
        run.Signal("INT");

        var result = await run.WaitAsync();

        Assert.True(result.ExitCode == 130, result.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public async Task Rehearse_removes_the_containers_of_one_that_was_killed_while_it_migrated()
    {
        Assert.NotNull(server.Sshd);
        using (var start = await HeldProgram.CreateAsync(_other.File("start"), "docker", " start ", call: 2))
        {
            await using var killed = Start(start.SearchPath, DockerDaemon.Host);
            await start.IsReachedAsync(killed);
            killed.Signal("KILL");
            await killed.WaitAsync();
        }

        Assert.NotEqual("", await ContainersAsync());
        await using var run = Start(docker: DockerDaemon.Host);
        await run.SaysAsync("step 1 of 6");

        Assert.Equal("", await ContainersAsync());
        run.Signal("INT");
        Assert.Equal(130, (await run.WaitAsync()).ExitCode);
        AssertNothingLeft();
    }

    private static Task<string> ContainersAsync() =>
        DockerDaemon.RunAsync(["ps", "-aq", "--filter", "name=relayops-rehearsal-"], CancellationToken.None);

    private RelayOpsProcess Start(string? path = null, string? docker = null) => RelayOpsProcess.Start(
        new Dictionary<string, string>
        {
            ["TMPDIR"] = _temporary.Path,
            ["PATH"] = path ?? Environment.GetEnvironmentVariable("PATH")!,
            ["DOCKER_HOST"] = docker ?? "unix:///nonexistent/docker.sock",
        },
        ["Rehearse", "--report", _other.File("report.json")]);

    /// <param name="absent">Programs that this machine shall not have.</param>
    /// <param name="docker">The daemon that answers.</param>
    private async Task<(RelayOpsResult Result, JsonElement Report)> RehearseAsync(string[] absent, string? docker = null)
    {
        await using var run = Start(absent.Length == 0 ? null : PathWithout(absent), docker);
        var result = await run.WaitAsync();
        return (result, await ReportAsync());
    }

    private async Task<JsonElement> ReportAsync() => JsonDocument.Parse(await File.ReadAllTextAsync(_other.File("report.json"))).RootElement;

    private string PathWithout(string[] absent)
    {
        var programs = Directory.CreateDirectory(_other.File("bin")).FullName;
        foreach (var directory in Environment.GetEnvironmentVariable("PATH")!.Split(':').Where(Directory.Exists))
            foreach (var program in Directory.EnumerateFiles(directory))
                if (Path.Combine(programs, Path.GetFileName(program)) is var link && !absent.Contains(Path.GetFileName(program)) && !Path.Exists(link))
                    File.CreateSymbolicLink(link, program);
        return programs;
    }

    private static IEnumerable<string?> Steps(JsonElement report) =>
        report.GetProperty("rehearsal").GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString());

    private void AssertNothingLeft()
    {
        // A runtime that is killed leaves pipes of its own.
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.Path, "relayops*"));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0])).Select(Cwd),
            directory => directory.StartsWith(_temporary.Path, StringComparison.Ordinal));
    }

    /// <summary>Empty for a process that has just ended.</summary>
    private static string Cwd(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
