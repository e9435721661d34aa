using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Users;

/// <summary>The kinds of users that own deployments in the field. They exist as long as the docker daemon that they use.</summary>
public static class ServerUsers
{
    /// <summary>In group docker, without sudo; has <c>docker compose</c>.</summary>
    public static ServerUser Docker { get; } = User("relay-docker");

    /// <summary>Passwordless sudo, not in group docker; has <c>docker-compose</c> alone.</summary>
    public static ServerUser Sudo { get; } = User("relay-sudo");

    /// <summary>In group docker, without sudo, and busybox is all the userland there is.</summary>
    public static ServerUser Busybox { get; } = User("relay-busybox");

    /// <summary>Creates all of them. The daemon's guard removes them at the end, whatever happens to this process.</summary>
    public static async Task CreateAsync(DockerDaemon daemon, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(daemon);
        await Shell.RunAsRootAsync("sh", ["-c", Resource.Text("users.sh"), "users.sh", DockerDaemon.Directory], cancellationToken);
    }

    private static ServerUser User(string name) => new(name, $"{DockerDaemon.Directory}/home/{name}");
}
