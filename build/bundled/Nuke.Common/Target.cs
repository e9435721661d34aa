using Nuke.Common.Execution;

namespace Nuke.Common;

/// <summary>A step of a build: a property of this type on the build class or one of its components.</summary>
public delegate ITargetDefinition Target(ITargetDefinition definition);

/// <summary>What becomes of a skipped target's dependencies.</summary>
public enum DependencyBehavior
{
    /// <summary>They are skipped as well, unless another target needs them.</summary>
    Skip,

    Execute,
}

public static class ExecutableTargetExtensions
{
    public static bool Contains(this IEnumerable<ExecutableTarget> targets, Target target) =>
        targets.Any(candidate => candidate.Factory.Equals(target));
}
