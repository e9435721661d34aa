namespace Nuke.Common.CI;

/// <summary>A host that is not somebody's own machine.</summary>
public interface IBuildServer
{
    string Branch { get; }

    string Commit { get; }
}
