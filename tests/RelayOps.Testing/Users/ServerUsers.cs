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

    /// <param name="kind"><c>relay-docker</c>, <c>relay-sudo</c> or <c>relay-busybox</c>: their names, but for the bed's number.</param>
    public static ServerUser Get(string kind) => new[] { Docker, Sudo, Busybox }.Single(user => user.Name == User(kind).Name);

    /// <summary>Creates all of them. The daemon's guard removes them at the end, whatever happens to this process.</summary>
    public static async Task CreateAsync(DockerDaemon daemon, Bed bed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(daemon);
        await Shell.RunAsRootAsync("sh", ["-c", Resource.Text("users.sh"), "users.sh", bed.Directory, bed.UserSuffix, Bed.Compose], cancellationToken);
    }

    private static ServerUser User(string kind) => Bed.First.User(kind);
}
