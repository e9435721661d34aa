namespace RelayOps.EndToEnd.Tests.Testbed;

/// <summary>Tests that start beds of their own: after the others, because a machine has room for one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OwnTestBed
{
    public const string Name = "own test bed";
}
