namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>A step of a migration's cut-over, known by what its command says and on which of the two servers it is.</summary>
/// <param name="Nth">Of the commands that say it.</param>
internal sealed record CutOver(string Name, bool IsOnNew, string Says, int Nth = 1)
{
    public static CutOver Stop { get; } = new("stopping the old service", false, "docker stop");

    public static CutOver StartRedis { get; } = new("starting redis on the new server", true, "docker start");

    public static CutOver HandOver { get; } = new("handing over", false, "mv -f .relayops/journal.new .relayops/journal.json");

    public static CutOver StartService { get; } = new("starting the new service", true, "docker start", 2);

    public static CutOver Accept { get; } = new("accepting the new service", true, "rm -f .relayops/arrival && sync");

    public override string ToString() => Name;
}
