using Nuke.Common;

/// <summary>Where the deployment is and how it is reached.</summary>
internal interface IHazServer : INukeBuild
{
    [Parameter("[user@]host[:port] of the server (IPv6 in brackets), or 'local' for a deployment on this machine")]
    string? Server => TryGetValue(() => Server);

    [Parameter("Directory of the deployment; '~' is the remote user's home. Default: ~/claude-relay-deployment")]
    string DeploymentPath => TryGetValue(() => DeploymentPath) ?? "~/claude-relay-deployment";

    [Parameter("ssh-net, or open-ssh: the system's ssh with its configuration, agent and ProxyJump. Default: ssh-net where it is built in"), OneOf("ssh-net", "open-ssh")]
    string? Transport => TryGetValue(() => Transport);

    [Parameter("Private key: a path, or its text in the environment variable SSH_KEY. Default: the user's agent or default keys"), SecretOrPath]
    string? SshKey => TryGetValue(() => SshKey);

    [Parameter("Passphrase of the private key"), Secret]
    string? SshKeyPassphrase => TryGetValue(() => SshKeyPassphrase);

    [Parameter("Known host keys: a path or the text. Default: ~/.ssh/known_hosts")]
    string? KnownHosts => TryGetValue(() => KnownHosts);

    [Parameter("How long to wait for another operation on the same deployment, e.g. 10m. Default: 0s"), Duration]
    string LockWait => TryGetValue(() => LockWait) ?? "0s";

    [Parameter("How long Redis may take to save its dump. Default: 30m"), Duration]
    string RedisSaveTimeout => TryGetValue(() => RedisSaveTimeout) ?? "30m";

    [Parameter("Parts of the deployment: redis, data, logs, config, joined by '+'. Default: everything"), OneOf("redis", "data", "logs", "config", Separator = "+")]
    string? Only => TryGetValue(() => Only);
}
