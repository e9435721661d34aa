namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>A step of a migration, mostly of its cut-over, known by what its command says and on which of the two servers it is.</summary>
/// <param name="Nth">Of the commands that say it.</param>
internal sealed record CutOver(string Name, bool IsOnNew, string Says, int Nth = 1)
{
    /// <summary>While the old service still serves.</summary>
    public bool IsBefore { get; private init; }

    public static CutOver SendFiles { get; } = new("placing files on the new server", true, "tar xpf -") { IsBefore = true };

    public static CutOver Create { get; } = new("making the new containers", true, "up --no-start") { IsBefore = true };

    public static CutOver Stop { get; } = new("stopping the old service", false, "docker stop");

    public static CutOver SendDataset { get; } = new("receiving the dataset", true, "cat > dump.rdb");

    public static CutOver StartRedis { get; } = new("starting redis on the new server", true, "docker start");

    public static CutOver StopRedis { get; } = new("stopping the old redis", false, "docker stop", 2);

    public static CutOver HandOver { get; } = new("handing over", false, "mv -f .relayops/journal.new .relayops/journal.json");

    public static CutOver StartService { get; } = new("starting the new service", true, "docker start", 2);

    public static CutOver Accept { get; } = new("accepting the new service", true, "rm -f .relayops/arrival && sync");

    public override string ToString() => Name;
}
