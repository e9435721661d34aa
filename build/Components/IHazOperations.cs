using Nuke.Common;

/// <summary>What the targets call: the operations, wired to their adapters.</summary>
internal interface IHazOperations : INukeBuild
{
    Operations Operations { get; }
}
