using System.Collections.Immutable;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The way to the server. What this machine has for it is judged even where the server cannot be reached.</summary>
internal static class ConnectionChecks
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(400);

    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        new("connection.key", "without it nobody logs in, and ssh refuses a key that others may read", Key),
        new("connection.agent", "where no key is given, ssh's agent or default keys have to do", Agent),
        new("connection.host-key", "an unknown or changed host key is always refused: somebody may be in between", HostKey),
        DoctorCheck.Gate("connection.reachable", "everything else is asked through this one connection", facts => facts.Connection,
            connection => Judgement.Passed($"logged in to {connection.Name}")),
        DoctorCheck.Of("connection.latency", "each step of an operation waits for the server at least once", facts => facts.Connection,
            connection => connection.RoundTrip > Slow
                ? Judgement.Warning($"{connection.RoundTrip.TotalMilliseconds:0} ms for a round trip", "check the network and the server's load; nothing fails for it")
                : Judgement.Passed($"{connection.RoundTrip.TotalMilliseconds:0.0} ms for a round trip")),
        DoctorCheck.Of("connection.clean-shell", "what a login prints by itself stands in the way of what commands print", facts => facts.Connection,
            connection => connection.Noise.Length > 0
                ? Judgement.Error($"the login shell prints {connection.Noise.Length} characters of its own", "have ~/.bashrc and its like print nothing where there is no terminal")
                : Judgement.Passed("the login shell prints nothing of its own")),
    ];

    private static Judgement Key(DoctorFacts facts) => facts.Login.Facts switch
    {
        null => Judgement.NotChecked(facts.Login.Reason),
        { Key: { Exists: false } missing } => Judgement.Error($"there is no file '{missing.Path}'", "mend --ssh-key: a path, or the key's whole text in SSH_KEY"),
        { Key: { IsOpen: true } open } => Judgement.Error($"others may read '{open.Path}'", $"chmod 600 '{open.Path}'", Close(open)),
        { Key: { } key } => Judgement.Passed(key.Path),
        { HasKey: true } => Judgement.Passed("given as text"),
        { DefaultKeys: var keys } when keys.FirstOrDefault(key => key.IsOpen) is { } open =>
            Judgement.Warning($"others may read '{open.Path}', so ssh does not use it", $"chmod 600 '{open.Path}'", Close(open)),
        { DefaultKeys: { IsEmpty: false } keys } => Judgement.Passed(string.Join(", ", keys.Select(key => key.Path))),
        _ => Judgement.Passed("none is given: the agent's are used"),
    };

    private static Mending Close(PrivateFile key) => new(MendingKind.ModeHere, key.Path, 0b110_000_000);

    private static Judgement Agent(DoctorFacts facts) => facts.Login.Facts switch
    {
        null => Judgement.NotChecked(facts.Login.Reason),
        { HasKey: true } => Judgement.Passed("not needed: a key is given"),
        { AgentKeys: > 0 and var keys } => Judgement.Passed($"the agent has {keys}"),
        { DefaultKeys.IsEmpty: false } => Judgement.Passed("not needed: a default key is there"),
        // Hardware keys and the like are known to the user's ssh configuration alone.
        _ when facts.Connection.Facts is not null => Judgement.Passed("none, yet the login succeeded"),
        { AgentKeys: 0 } => Judgement.Error("the agent has no key, and no default key is there", "ssh-add a key, or give --ssh-key"),
        _ => Judgement.Error("no agent answers, and no default key is there", "give --ssh-key, or start an agent and ssh-add a key"),
    };

    private static Judgement HostKey(DoctorFacts facts) => facts.Login.Facts switch
    {
        null => Judgement.NotChecked(facts.Login.Reason),
        { HostKeys: { IsEmpty: false } types } login => Judgement.Passed($"{login.KnownHosts} vouches for it ({string.Join(", ", types)})"),
        { } login when facts.Connection.Facts is not null => Judgement.Passed($"ssh's own configuration vouches for it, not {login.KnownHosts}"),
        var login => Judgement.Error($"{login.KnownHosts} has no host key of {login.Target}",
            "ssh-keyscan it, compare the fingerprint on the server itself (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then give --known-hosts"),
    };
}
