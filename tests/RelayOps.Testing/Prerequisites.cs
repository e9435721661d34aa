using System.Collections.Immutable;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing;

/// <summary>The programs that the suites need on this machine, installed by apt where they are missing.</summary>
public static class Prerequisites
{
    private static readonly ImmutableArray<(string Program, string Package)> Needed =
    [
        ("sshd", "openssh-server"), ("ssh", "openssh-client"), ("redis-server", "redis-server"), ("redis-cli", "redis-tools"),
        ("dockerd", "docker.io"), ("docker", "docker-cli"), ("docker-compose", "docker-compose"), ("zstd", "zstd"),
        ("age", "age"), ("gpg", "gnupg"), ("busybox", "busybox"), ("iptables", "iptables"), ("ip", "iproute2"), ("sudo", "sudo"), ("gzip", "gzip"),
    ];

    private static readonly SemaphoreSlim Once = new(1);
    private static bool present;

    /// <summary>Returns when everything is there. Cheap where nothing is missing; test processes side by side install once.</summary>
    /// <exception cref="InvalidOperationException">Something is missing and cannot be installed: says what to type.</exception>
    public static async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await Once.WaitAsync(cancellationToken);
        try
        {
            if (present)
                return;
            if (Missing().Length > 0)
                await InstallAsync(Needed, cancellationToken);
            present = true;
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>The same for what one suite alone needs.</summary>
    /// <inheritdoc cref="EnsureAsync(CancellationToken)"/>
    public static async Task EnsureAsync(ImmutableArray<(string Program, string Package)> needed, CancellationToken cancellationToken)
    {
        await Once.WaitAsync(cancellationToken);
        try
        {
            if (Missing(needed).Length > 0)
                await InstallAsync(needed, cancellationToken);
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>Packages whose programs are not on this machine.</summary>
    public static ImmutableArray<string> Missing() => Missing(Needed);

    private static ImmutableArray<string> Missing(ImmutableArray<(string Program, string Package)> needed) =>
        [.. needed.Where(need => !IsThere(need.Program)).Select(need => need.Package)];

    private static async Task InstallAsync(ImmutableArray<(string Program, string Package)> needed, CancellationToken cancellationToken)
    {
        var packages = Missing(needed);
        var byHand = $"apt-get install --no-install-recommends {string.Join(' ', packages)}";
        if (!IsThere("apt-get"))
            throw new InvalidOperationException($"missing for the tests: {string.Join(", ", packages)}, and this is no Debian or Ubuntu; install them and try again");
        if (!Shell.IsRoot && (!IsThere("sudo") || (await Shell.TryAsync(new ShellCommand("sudo", ["-n", "true"]), cancellationToken)).Status != 0))
            throw new InvalidOperationException($"missing for the tests, and neither root nor passwordless sudo to install them; as root: {byHand}");

        var result = await Shell.TryAsync(
            new ShellCommand("sh", ["-c", Resource.Text("install.sh"), "install.sh", .. packages]) { AsRoot = true },
            cancellationToken);
        if (result.Status != 0 || Missing(needed) is { Length: > 0 })
            throw new InvalidOperationException($"'{byHand}' failed (status {result.Status}), still missing: {string.Join(", ", Missing(needed))}; {result.Error.Trim()}");
    }

    private static bool IsThere(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(directory => File.Exists(Path.Combine(directory, program)));
}
