using System.Reflection;

namespace Nuke.Common.Execution;

/// <summary>What a target says about other targets.</summary>
internal sealed partial class TargetDefinition
{
    public ITargetDefinition DependsOn(params Target[] targets) => AddTo(DependsOnTargets, targets);

    public ITargetDefinition DependsOn<T>(params Func<T, Target>[] targets) => AddTo(DependsOnTargets, Of(targets));

    public ITargetDefinition TryDependsOn<T>(params Func<T, Target>[] targets) => TryAddTo(DependsOnTargets, targets);

    public ITargetDefinition DependentFor(params Target[] targets) => AddTo(DependentForTargets, targets);

    public ITargetDefinition DependentFor<T>(params Func<T, Target>[] targets) => AddTo(DependentForTargets, Of(targets));

    public ITargetDefinition TryDependentFor<T>(params Func<T, Target>[] targets) => TryAddTo(DependentForTargets, targets);

    public ITargetDefinition Before(params Target[] targets) => AddTo(BeforeTargets, targets);

    public ITargetDefinition Before<T>(params Func<T, Target>[] targets) => AddTo(BeforeTargets, Of(targets));

    public ITargetDefinition TryBefore<T>(params Func<T, Target>[] targets) => TryAddTo(BeforeTargets, targets);

    public ITargetDefinition After(params Target[] targets) => AddTo(AfterTargets, targets);

    public ITargetDefinition After<T>(params Func<T, Target>[] targets) => AddTo(AfterTargets, Of(targets));

    public ITargetDefinition TryAfter<T>(params Func<T, Target>[] targets) => TryAddTo(AfterTargets, targets);

    public ITargetDefinition Triggers(params Target[] targets) => AddTo(TriggersTargets, targets);

    public ITargetDefinition Triggers<T>(params Func<T, Target>[] targets) => AddTo(TriggersTargets, Of(targets));

    public ITargetDefinition TryTriggers<T>(params Func<T, Target>[] targets) => TryAddTo(TriggersTargets, targets);

    public ITargetDefinition TriggeredBy(params Target[] targets) => AddTo(TriggeredByTargets, targets);

    public ITargetDefinition TriggeredBy<T>(params Func<T, Target>[] targets) => AddTo(TriggeredByTargets, Of(targets));

    public ITargetDefinition TryTriggeredBy<T>(params Func<T, Target>[] targets) => TryAddTo(TriggeredByTargets, targets);

    // Artifacts matter to generated workflows alone, and RelayOps writes its workflows by hand: consuming orders nothing in NUKE either.
    public ITargetDefinition Consumes(params Target[] targets) => this;

    public ITargetDefinition Consumes<T>(params Func<T, Target>[] targets)
    {
        Of(targets);
        return this;
    }

    public ITargetDefinition Consumes(Target target, params string[] artifacts) => this;

    private TargetDefinition AddTo(List<Delegate> list, Target[] targets)
    {
        list.AddRange(targets);
        return this;
    }

    private TargetDefinition TryAddTo<T>(List<Delegate> list, Func<T, Target>[] targets) =>
        build is T ? AddTo(list, Of(targets)) : this;

    private Target[] Of<T>(Func<T, Target>[] targets) => targets.Length > 0
        ? targets.Select(target => target((T)build)).ToArray()
        : [(Target)OnlyTargetOf<T>("shorthand dependency").GetValue(build)];

    private PropertyInfo OnlyTargetOf<T>(string kind)
    {
        var candidates = typeof(T).GetProperties(Members.Instance).Where(candidate => candidate.PropertyType == typeof(Target)).ToList();
        if (candidates.Count == 1)
            return candidates[0];

        throw new InvalidOperationException(string.Join(
            Environment.NewLine,
            [
                $"Target '{property.DeclaringType}.{property.Name}' cannot have {kind} on component '{typeof(T).Name}'.",
                candidates.Count > 1 ? "Too many relevant targets:" : "No relevant targets.",
                .. candidates.Select(candidate => $"  - {candidate.Name}"),
            ]));
    }
}
