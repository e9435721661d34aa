using System.Linq.Expressions;
using System.Reflection;

namespace Nuke.Common.Execution;

internal static class ExecutableTargetFactory
{
    public static IReadOnlyList<ExecutableTarget> CreateAll<T>(T build, Expression<Func<T, Target>>[] defaults)
        where T : INukeBuild
    {
        var defaultTargets = defaults.Select(expression => DefaultOf(expression, build)).ToList();
        var targets = PropertiesOf(build.GetType()).Select(property => Create(property, build, defaultTargets)).ToList();
        foreach (var target in targets)
            Connect(target, targets);

        return targets;
    }

    public static IEnumerable<PropertyInfo> PropertiesOf(Type buildType) =>
        Members.All(
            buildType,
            member => member is PropertyInfo property && property.PropertyType == typeof(Target),
            Members.Instance,
            allowAmbiguity: false).Cast<PropertyInfo>();

    /// <summary>Reads the property without compiling the expression, which would cost more than the rest of a start.</summary>
    private static Delegate DefaultOf<T>(Expression<Func<T, Target>> expression, T build) =>
        expression.Body is MemberExpression { Member: PropertyInfo property }
            ? (Delegate)property.GetValue(build)
            : expression.Compile()(build);

    private static ExecutableTarget Create(PropertyInfo property, INukeBuild build, List<Delegate> defaults)
    {
        var definition = new TargetDefinition(property, build);
        var factory = (Target)property.GetValue(build);
        factory(definition);
        return new ExecutableTarget
        {
            Name = definition.Name,
            Member = property,
            Definition = definition,
            Description = definition.Text,
            Factory = factory,
            IsDefault = defaults.Contains(factory),
            DynamicConditions = definition.DynamicConditions,
            StaticConditions = definition.StaticConditions,
            DependencyBehavior = definition.DependencyBehavior,
            ProceedAfterFailure = definition.IsProceedAfterFailure,
            AssuredAfterFailure = definition.IsAssuredAfterFailure,
            DelegateRequirements = definition.Requirements,
            Actions = definition.Actions,
            Listed = !definition.IsUnlisted,
            ArtifactProducts = definition.Products,
        };
    }

    private static void Connect(ExecutableTarget target, List<ExecutableTarget> all)
    {
        target.ExecutionDependencies.AddRange(Related(target, all, x => x.DependsOnTargets, x => x.DependentForTargets));
        target.OrderDependencies.AddRange(Related(target, all, x => x.AfterTargets, x => x.BeforeTargets));
        target.TriggerDependencies.AddRange(Related(target, all, x => x.TriggeredByTargets, x => x.TriggersTargets));
        target.Triggers.AddRange(Related(target, all, x => x.TriggersTargets, x => x.TriggeredByTargets));
        if (target.AllDependencies.Concat(target.Triggers).Contains(target))
            throw new InvalidOperationException($"Target '{target.Name}' cannot have a dependency on itself");
    }

    /// <summary>Those the target names, then those that name the target.</summary>
    private static IEnumerable<ExecutableTarget> Related(
        ExecutableTarget target,
        List<ExecutableTarget> all,
        Func<TargetDefinition, List<Delegate>> named,
        Func<TargetDefinition, List<Delegate>> naming) =>
        named(target.Definition).Select(factory => all.Single(other => other.Factory == factory))
            .Concat(all.Where(other => other != target && naming(other.Definition).Contains(target.Factory)));
}
