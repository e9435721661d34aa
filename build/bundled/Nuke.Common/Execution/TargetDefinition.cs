using System.Linq.Expressions;
using System.Reflection;

namespace Nuke.Common.Execution;

/// <summary>Gathers what a target's property says of it.</summary>
internal sealed partial class TargetDefinition(PropertyInfo property, INukeBuild build) : ITargetDefinition
{
    public string Name => Members.ShortName(property);

    internal string Text { get; private set; }

    internal List<(string Text, Func<bool> Delegate)> DynamicConditions { get; } = [];

    internal List<(string Text, Func<bool> Delegate)> StaticConditions { get; } = [];

    internal List<LambdaExpression> Requirements { get; } = [];

    internal List<Delegate> DependsOnTargets { get; } = [];

    internal List<Delegate> DependentForTargets { get; } = [];

    internal List<Delegate> BeforeTargets { get; } = [];

    internal List<Delegate> AfterTargets { get; } = [];

    internal List<Delegate> TriggersTargets { get; } = [];

    internal List<Delegate> TriggeredByTargets { get; } = [];

    internal List<Action> Actions { get; } = [];

    internal List<string> Products { get; } = [];

    internal DependencyBehavior DependencyBehavior { get; private set; }

    internal bool IsProceedAfterFailure { get; private set; }

    internal bool IsAssuredAfterFailure { get; private set; }

    internal bool IsUnlisted { get; private set; }

    public ITargetDefinition Description(string description)
    {
        Text = description;
        return this;
    }

    public ITargetDefinition Executes(params Action[] actions)
    {
        Actions.AddRange(actions);
        return this;
    }

    public ITargetDefinition Executes<T>(Func<T> action) => Executes(new Action(() => action()));

    public ITargetDefinition Executes(Func<Task> action) => Executes(new Action(() => action().GetAwaiter().GetResult()));

    public ITargetDefinition OnlyWhenDynamic(Func<bool> condition, string conditionExpression = null)
    {
        DynamicConditions.Add((conditionExpression, condition));
        return this;
    }

    public ITargetDefinition OnlyWhenStatic(Func<bool> condition, string conditionExpression = null)
    {
        StaticConditions.Add((conditionExpression, condition));
        return this;
    }

    public ITargetDefinition Requires<T>(Expression<Func<T>> parameterRequirement, params Expression<Func<T>>[] parameterRequirements)
        where T : class
    {
        Requirements.AddRange([parameterRequirement, .. parameterRequirements]);
        return this;
    }

    public ITargetDefinition Requires<T>(Expression<Func<T?>> parameterRequirement, params Expression<Func<T?>>[] parameterRequirements)
        where T : struct
    {
        Requirements.AddRange([parameterRequirement, .. parameterRequirements]);
        return this;
    }

    public ITargetDefinition Requires(Expression<Func<bool>> requirement, params Expression<Func<bool>>[] requirements)
    {
        Requirements.AddRange([requirement, .. requirements]);
        return this;
    }

    public ITargetDefinition WhenSkipped(DependencyBehavior dependencyBehavior)
    {
        DependencyBehavior = dependencyBehavior;
        return this;
    }

    public ITargetDefinition AssuredAfterFailure()
    {
        IsAssuredAfterFailure = true;
        return this;
    }

    public ITargetDefinition ProceedAfterFailure()
    {
        IsProceedAfterFailure = true;
        return this;
    }

    public ITargetDefinition Unlisted()
    {
        IsUnlisted = true;
        return this;
    }

    public ITargetDefinition Inherit(params Target[] targets)
    {
        foreach (var target in targets)
            target(this);
        return this;
    }

    public ITargetDefinition Inherit<T>(params Expression<Func<T, Target>>[] targets)
    {
        var inherited = targets.Length > 0
            ? targets.Select(target => (PropertyInfo)Members.Of(target))
            : [OnlyTargetOf<T>("shorthand inheritance")];
        return Inherit(inherited.Select(target => Invocation.ReadNonVirtually<Target>(target, build)).ToArray());
    }

    public ITargetDefinition Produces(params string[] artifacts)
    {
        Products.AddRange(artifacts);
        return this;
    }
}
