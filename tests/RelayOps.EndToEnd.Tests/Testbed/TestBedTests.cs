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
    public async Task DisposeAsync_leaves_no_process_mount_bridge_user_or_file_behind()
    {
        var bed = await TestBed.StartAsync(Patience);
        await using (var deployment = await Deployment.CreateAsync(new DeploymentOptions { Owner = ServerUsers.Docker }, Patience))
            await deployment.UpAsync(Patience);

        await bed.DisposeAsync();

        Assert.Equal("", await LeftoversAsync(whenNoBedIsUp: true));
    }

    [Fact]
    public async Task DisposeAsync_leaves_nothing_behind_when_the_daemon_was_killed_under_running_containers()
    {
        var bed = await TestBed.StartAsync(Patience);
        var deployment = await Deployment.CreateAsync(new DeploymentOptions { RedisDiskMegabytes = 16 }, Patience);
        await deployment.UpAsync(Patience);
        Assert.NotEqual("", await LeftoversAsync(whenNoBedIsUp: false));
        await Shell.RunAsRootAsync("sh", ["-c", $"kill -KILL $(cat {DockerDaemon.Directory}/docker.pid)"], Patience);

        await bed.DisposeAsync();

        Assert.Equal("", await LeftoversAsync(whenNoBedIsUp: true));
    }

    public void Dispose() => patience.Dispose();

    /// <param name="whenNoBedIsUp">Waits for the lock that a bed holds: the next one may belong to another test process and start at once.</param>
    private Task<string> LeftoversAsync(bool whenNoBedIsUp) => Shell.RunAsRootAsync("sh", ["-c", """
        [ "$2" = False ] || { exec 9>"$1.lock"; flock 9; }
        for process in /proc/[0-9]*; do
          if grep -qsaF "$1/" "$process/cmdline" || grep -qsF "/${1##*/}/" "$process/cgroup"; then
            cat "$process/comm"
          fi
        done | grep -vxE 'sh|grep|sudo'
        grep -F "$1/" /proc/mounts
        grep -F "$1/" /etc/passwd
        busybox ip -o addr | grep -F " $3."
        ls -d "$1" "/etc/sudoers.d/${1##*/}" 2>/dev/null
        true
        """, "sh", DockerDaemon.Directory, $"{whenNoBedIsUp}", DockerDaemon.AddressPool], Patience);
}
