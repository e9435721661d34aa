using RelayOps.Adapters.Drills;
using RelayOps.Core.Operations;

/// <summary>What a rehearsal uses.</summary>
internal sealed partial class Composition
{
    /// <param name="image">Of the Redis that the drill loads the dataset with; null for this machine's own.</param>
    public VerifyTools RehearsalTools(string? image) => image is null ? VerifyTools()
        : VerifyTools() with { Drill = new RedisServerDrill(new RedisServerDrillOptions { Time = Time, Image = image }) };
}
