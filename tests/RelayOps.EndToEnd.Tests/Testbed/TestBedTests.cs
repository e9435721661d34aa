using RelayOps.Testing;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Testbed;

[Collection(OwnTestBed.Name)]
public sealed class TestBedTests : IDisposable
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(15));

    private CancellationToken Patience => patience.Token;

    [Fact]
    public async Task DisposeAsync_leaves_nothing_of_a_second_server_behind_and_nothing_undone_on_the_first()
    {
        await using var first = await TestBed.StartAsync(Bed.First, withImages: false, Patience);
        var bed = await TestBed.StartAsync(Bed.Second, withImages: true, Patience);
        var options = new DeploymentOptions { Owner = Bed.Second.User("relay-docker"), BindHost = "0.0.0.0" };
        await using (var deployment = (await Deployment.CreateAsync(options, Patience)).MovedTo(Bed.Second, Bed.Second.User("relay-docker").Home + "/claude-relay-deployment"))
        {
            await deployment.UpAsync(Patience);
            Assert.Equal("2", await (await deployment.RedisAsync(Patience)).RunAsync(["EXISTS", .. Deployment.KeysOfTheService], Patience));
        }

        Assert.NotEqual("", await LeftoversAsync(Bed.Second, whenNoBedIsUp: false));
        await bed.DisposeAsync();

        Assert.Equal("", await LeftoversAsync(Bed.Second, whenNoBedIsUp: true));
        await Bed.First.RunAsync(["version"], Patience);
        Assert.Contains(ServerUsers.Docker.Name, await File.ReadAllTextAsync("/etc/passwd", Patience));
    }

    [Fact]
    public async Task DisposeAsync_leaves_no_process_mount_bridge_user_or_file_behind()
    {
        var bed = await TestBed.StartAsync(Patience);
        await using (var deployment = await Deployment.CreateAsync(new DeploymentOptions { Owner = ServerUsers.Docker }, Patience))
            await deployment.UpAsync(Patience);

        await bed.DisposeAsync();

        Assert.Equal("", await LeftoversAsync(Bed.First, whenNoBedIsUp: true));
    }

    [Fact]
    public async Task DisposeAsync_leaves_nothing_behind_when_the_daemon_was_killed_under_running_containers()
    {
        var bed = await TestBed.StartAsync(Patience);
        var deployment = await Deployment.CreateAsync(new DeploymentOptions { RedisDiskMegabytes = 16 }, Patience);
        await deployment.UpAsync(Patience);
        Assert.NotEqual("", await LeftoversAsync(Bed.First, whenNoBedIsUp: false));
        await Shell.RunAsRootAsync("sh", ["-c", $"kill -KILL $(cat {DockerDaemon.Directory}/docker.pid)"], Patience);

        await bed.DisposeAsync();

        Assert.Equal("", await LeftoversAsync(Bed.First, whenNoBedIsUp: true));
    }

    public void Dispose() => patience.Dispose();

    /// <param name="whenNoBedIsUp">Waits for the lock that a bed holds: the next one may belong to another test process and start at once.</param>
    private Task<string> LeftoversAsync(Bed bed, bool whenNoBedIsUp) => Shell.RunAsRootAsync("sh", ["-c", """
        [ "$2" = False ] || { exec 9>"$1.lock"; flock 9; }
        for process in /proc/[0-9]*; do
          if grep -qsaF "$1/" "$process/cmdline" || grep -qsF "/${1##*/}/" "$process/cgroup"; then
            cat "$process/comm"
          fi
        done | grep -vxE 'sh|grep|sudo'
        grep -F "$1/" /proc/mounts
        grep -F "$1/" /etc/passwd
        busybox ip -o addr | grep -F " $3."
        ls -d "$1" "/etc/sudoers.d/${1##*/}" "/run/netns/${4:-none}" 2>/dev/null
        true
        """, "sh", bed.Directory, $"{whenNoBedIsUp}", bed.AddressPool, bed.Network ?? ""], Patience);
}
