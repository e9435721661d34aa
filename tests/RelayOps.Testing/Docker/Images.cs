using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Docker;

/// <summary>The two images of a deployment, made from this machine's own programs: no registry is asked.</summary>
public static class Images
{
    public const string Redis = "redis:7-alpine";
    public const string Service = "weishaw/claude-relay-service:latest";

    /// <summary>Both, into the daemon of a server.</summary>
    public static async Task ImportAllAsync(Bed bed, CancellationToken cancellationToken)
    {
        var redis = ImportAsync(bed, Redis, await RedisAsync(cancellationToken), [
            "ENV PATH=/usr/local/bin:/usr/bin:/bin",
            "WORKDIR /data",
            "VOLUME /data",
            "EXPOSE 6379",
            """ENTRYPOINT ["docker-entrypoint.sh"]""",
            """CMD ["redis-server"]""",
        ], cancellationToken);
        var service = ImportAsync(bed, Service, await ServiceAsync(cancellationToken), [
            "ENV PATH=/usr/local/bin:/usr/bin:/bin",
            "WORKDIR /app",
            "EXPOSE 3000",
            """ENTRYPOINT ["docker-entrypoint.sh"]""",
        ], cancellationToken);
        await Task.WhenAll(redis, service);
    }

    private static async Task<RootFileSystem> RedisAsync(CancellationToken cancellationToken)
    {
        var root = await UserlandAsync(cancellationToken);
        await root.AddProgramAsync("/usr/local/bin/redis-server", "/usr/bin/redis-check-rdb", cancellationToken);
        await root.AddProgramAsync("/usr/bin/setpriv", "/usr/bin/setpriv", cancellationToken);
        root.AddLink("/usr/local/bin/redis-check-rdb", "redis-server");
        root.AddLink("/usr/local/bin/redis-check-aof", "redis-server");
        root.AddText("/usr/local/bin/docker-entrypoint.sh", Resource.Text("redis-entrypoint.sh"), executable: true);
        root.AddDirectory("/data");
        return root;
    }

    private static async Task<RootFileSystem> ServiceAsync(CancellationToken cancellationToken)
    {
        var root = await UserlandAsync(cancellationToken);
        root.AddText("/usr/local/bin/docker-entrypoint.sh", Resource.Text("service-entrypoint.sh"), executable: true);
        root.AddText("/usr/local/bin/relay-answer", Resource.Text("service-answer.sh"), executable: true);
        root.AddText("/usr/local/bin/relay-redis", Resource.Text("service-redis.sh"), executable: true);
        root.AddText("/usr/local/bin/curl", "#!/bin/sh\nfor url; do :; done\nexec wget -q -O - \"$url\"\n", executable: true);
        root.AddDirectory("/app");
        return root;
    }

    /// <summary>What both images have of Alpine: busybox, its applets, users; and redis-cli.</summary>
    private static async Task<RootFileSystem> UserlandAsync(CancellationToken cancellationToken)
    {
        var root = new RootFileSystem();
        await root.AddProgramAsync("/bin/busybox", "/bin/busybox", cancellationToken);
        foreach (var applet in (await Shell.RunAsync("busybox", ["--list"], cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (applet is not ("busybox" or "setpriv"))
                root.AddLink($"/bin/{applet}", "busybox");
        await root.AddProgramAsync("/usr/local/bin/redis-cli", "/usr/bin/redis-cli", cancellationToken);
        root.AddText("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nredis:x:999:1000:redis:/home/redis:/bin/sh\n");
        root.AddText("/etc/group", "root:x:0:\nredis:x:1000:redis\n");
        root.AddDirectory("/tmp", forEverybody: true);
        root.AddDirectory("/root");
        return root;
    }

    private static Task<string> ImportAsync(Bed bed, string tag, RootFileSystem root, IEnumerable<string> changes, CancellationToken cancellationToken) =>
        Shell.RunAsync(
            bed.Command(["import", .. changes.SelectMany(change => new[] { "--change", change }), "-", tag]) with
            {
                Input = stream => root.WriteAsync(stream, cancellationToken),
            },
            cancellationToken);
}
