using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The deployment's directory: its settings, who may read them, and whether a backup has all of it.</summary>
internal static class DeploymentChecks
{
    private const int KeyLength = 32;

    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        DoctorCheck.Gate("deployment.found", "it is what is backed up", facts => facts.Deployment, found => Judgement.Passed($"{found.Path}, {found.ComposeFile}")),
        Check("readable", "a backup without a file is no backup", found => found.Unreadable.IsEmpty ? Judgement.Passed("every file, directly, through docker or through sudo")
            : Judgement.Error(string.Join("; ", found.Unreadable), "put the user into group docker, or allow sudo without a password")),
        Check("env", "without it the service restarts for ever, and a backup cannot be brought up again", found => found.HasEnvironmentFile
            ? Judgement.Passed(found.Environment is { } settings ? $"{settings.Values.Count} settings" : "it is there") : Judgement.Error("there is no .env", "put it back from a backup: Restore --only config --env restore")),
        Settings("env-lines", "compose refuses the whole file for one line", environment => environment.BadLines is { IsEmpty: false } bad
            ? Judgement.Error($"compose refuses line {string.Join(", ", bad)} of .env", "write NAME=value there, or # in front") : Judgement.Passed("every line is understood")),
        Settings("encryption-key", "it decrypts every account; with another one the service looks healthy and every client gets 401", EncryptionKey),
        Settings("jwt-secret", "whoever guesses it is administrator", environment => environment.Find("JWT_SECRET") switch
        {
            null => Judgement.Error("JWT_SECRET is missing", "put a random text of 32 or more characters into .env, e.g. from: openssl rand -hex 32"),
            { Length: < 32 } secret => Judgement.Warning($"JWT_SECRET has {secret.Length} characters", "use 32 or more; all sessions end when it changes"),
            _ => Judgement.Passed("32 characters or more"),
        }),
        Settings("default-secrets", "the examples' values are known to everybody", environment => ExampleSecrets.In(environment) is { Count: > 0 } names
            ? Judgement.Error($"still the example's value, or one like it: {string.Join(", ", names)}", "JWT_SECRET and passwords: replace them. ENCRYPTION_KEY: every account and API key has to be made anew with another one")
            : Judgement.Passed("none is the example's")),
        Check("administrator", "the administrator's password is that of data/init.json, whatever .env says later", Administrator),
        new("deployment.env-mode", ".env holds every secret of the service", facts => Closed(facts, ".env", isError: true)),
        new("deployment.init-mode", "data/init.json holds the administrator's password in clear", facts => Closed(facts, "data/init.json", isError: false)),
        Check("compose", "what compose cannot read, it can neither start nor stop", Compose),
        Check("images", "with build: beside image:, up tries to build where the image is missing, and fails", Built),
        Check("volumes", "what lies outside of the directory is not in the backup", found => found.Compose switch
        {
            null => Judgement.NotChecked("the compose file cannot be read"),
            { NamedVolumes.IsEmpty: true, OutsidePaths.IsEmpty: true } => Judgement.Passed("everything is below the deployment's directory"),
            var file => Judgement.Warning($"not in a backup: {string.Join(", ", file.NamedVolumes.Select(name => $"volume {name}").Concat(file.OutsidePaths))}", "back them up by other means, or mount directories of the deployment"),
        }),
        new("deployment.mounts", "a restore puts the former data aside by a rename, which does not move a file system", facts => facts.Server.Facts switch
        {
            null => Judgement.NotChecked(facts.Server.Reason),
            { MountPoints: { IsEmpty: false } points } => Judgement.Warning($"{string.Join(", ", points)} is a file system of its own", "mount it one directory higher; until then Restore refuses it"),
            _ => Judgement.Passed("all on one file system"),
        }),
        new("deployment.ports", "what is open to the world is tried by the world: TLS and limits are a proxy's work", Ports),
        Check("health", "it is what clients see", found => found.Health switch
        {
            null => Judgement.NotChecked("no container of the service runs"),
            "healthy" => Judgement.Passed("/health says that the service and its Redis are healthy"),
            var said => Judgement.Error(said, "read its log: docker compose logs claude-relay"),
        }),
        new("deployment.key-fits-backup", "a backup is of use with the ENCRYPTION_KEY of its time alone", KeyFits),
    ];

    private static DoctorCheck Check(string name, string why, Func<DeploymentFacts, Judgement> judge) =>
        DoctorCheck.Of($"deployment.{name}", why, facts => facts.Deployment, judge);

    /// <summary>Of what <c>.env</c> says.</summary>
    private static DoctorCheck Settings(string name, string why, Func<DotEnv, Judgement> judge) => Check(name, why, found =>
        found.Environment is { } environment ? judge(environment) : Judgement.NotChecked(found.HasEnvironmentFile ? ".env cannot be read" : "there is no .env"));

    private static Judgement EncryptionKey(DotEnv environment) => environment.Find("ENCRYPTION_KEY") switch
    {
        null => Judgement.Error("ENCRYPTION_KEY is missing", "put the key that the accounts were encrypted with into .env; a backup's .env has it"),
        { Length: not KeyLength } key => Judgement.Warning($"ENCRYPTION_KEY has {key.Length} characters instead of {KeyLength}", "leave it while accounts are encrypted with it; a new deployment: openssl rand -hex 16"),
        _ => Judgement.Passed($"{KeyLength} characters"),
    };

    private static Judgement Administrator(DeploymentFacts found) => found switch
    {
        { AdministratorDiffers: true } => Judgement.Warning("ADMIN_USERNAME or ADMIN_PASSWORD of .env is another than in data/init.json, which is the one that counts", "change the password in the web interface, and write the same into .env"),
        { HasInitFile: false } when found.Environment?.Find("ADMIN_PASSWORD") is null =>
            Judgement.Warning("neither data/init.json nor ADMIN_PASSWORD is there", "the service makes up an administrator at its next start: read data/init.json then"),
        _ => Judgement.Passed(found.HasInitFile ? "data/init.json is there" : "ADMIN_PASSWORD is there"),
    };

    private static Judgement Closed(DoctorFacts facts, string name, bool isError)
    {
        if (facts.Server.Facts is not { } server)
            return Judgement.NotChecked(facts.Server.Reason);
        if (server.Modes.GetValueOrDefault(name) is not { } file)
            return Judgement.Passed("no file that others could see");
        var closed = file.Mode & 0b111_000_000;
        if (file.Mode == closed)
            return Judgement.Passed($"{Convert.ToString(file.Mode, 8)}, of {file.Owner}");
        var found = $"{name} has mode {Convert.ToString(file.Mode, 8)}, of {file.Owner}";
        // Where root owns the .env of another user's deployment, its group's right to read may be how compose reads it.
        var isSafe = name != ".env" || file.Owner == server.User || server.User == "root";
        ImmutableArray<Mending> fixes = isSafe ? [new Mending(MendingKind.ModeThere, name, closed)] : [];
        return new Judgement(isError && (file.Mode & 0b100) != 0 ? CheckOutcome.Error : CheckOutcome.Warning, found, $"there: chmod {Convert.ToString(closed, 8)} {name}") { Fixes = fixes };
    }

    private static Judgement Compose(DeploymentFacts found) => found switch
    {
        { ComposeProblem: { } problem } => Judgement.Error($"{found.ComposeFile}: {problem}", "mend it, then: docker compose config -q"),
        { ComposeAccepts: false } => Judgement.Error("compose refuses the file or .env", "run docker compose config -q there; what it says may hold secrets, so it is not repeated here"),
        { ComposeAccepts: null } => Judgement.Passed($"{found.ComposeFile} is understood; there is no compose to ask"),
        _ => Judgement.Passed("compose accepts it"),
    };

    private static Judgement Built(DeploymentFacts found)
    {
        if (found.Compose is not { } file)
            return Judgement.NotChecked("the compose file cannot be read");
        var built = file.Services.Where(service => service.IsBuilt).ToList();
        var missing = built.Where(service => !found.ServicesWithImage.Contains(service.Name)).Select(service => service.Name).ToList();
        return missing.Count > 0 ? Judgement.Warning($"{string.Join(", ", missing)} would be built, and no image is there", "docker compose pull, and up with --no-build")
            : Judgement.Passed(built.Count > 0 ? "what could be built has its image" : "nothing is built");
    }

    private static Judgement Ports(DoctorFacts facts)
    {
        if (facts.Docker.Facts is not { } docker || docker.Containers.IsEmpty)
            return Judgement.NotChecked(facts.Docker.Facts is null ? facts.Docker.Reason : "there are no containers of the deployment");
        var open = docker.Containers.Where(container => !container.IsRedis)
            .SelectMany(container => container.Exposed.Select(port => $"{port} ({container.Name})")).ToList();
        var unknown = docker.Containers.Where(container => container is { IsRedis: false, HasNetworkOfAnother: true }).ToList();
        return open.Count == 0 && unknown.Count > 0
            ? Judgement.NotChecked(string.Join("; ", unknown.Select(container => $"{container.Name} has network_mode {container.NetworkMode}: what it listens on is not docker's to tell")))
            : open.Count == 0 ? Judgement.Passed("on this server's own loopback, or not at all")
            : Judgement.Warning($"open to every network: {string.Join(", ", open)}", "BIND_HOST=127.0.0.1 in .env behind a proxy on the same server; docker's ports pass by the server's firewall");
    }

    private static Judgement KeyFits(DoctorFacts facts)
    {
        if (facts is not { Deployment.Facts: { } found, Backups.Facts: { } backups })
            return Judgement.NotChecked(facts.Deployment.Facts is null ? facts.Deployment.Reason : facts.Backups.Reason);
        if (backups.Own.FirstOrDefault(backup => backup.Record?.EncryptionKeyFingerprint is not null) is not { } newest)
            return Judgement.NotChecked(BackupFacts.FindUnasked(backups.Stores) ?? "no backup of this server has a fingerprint");
        return found.Environment?.Find("ENCRYPTION_KEY") is not { } key ? Judgement.NotChecked("there is no ENCRYPTION_KEY")
            : KeyFingerprint.Matches(newest.Record!.EncryptionKeyFingerprint!, key) ? Judgement.Passed($"the key of {newest.Id}")
            : Judgement.Error($"ENCRYPTION_KEY is another than that of backup {newest.Id}", "make a backup now, and keep those of before with their own .env; Restore refuses them without --env restore");
    }
}
