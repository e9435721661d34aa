using System.Diagnostics;
using System.Linq.Expressions;
using System.Reflection;

namespace Nuke.Common.Execution;

public enum ExecutionStatus
{
    None,

    /// <summary>In the plan, not begun.</summary>
    Scheduled,

    /// <summary>Still scheduled when the build ended.</summary>
    NotRun,

    Skipped,
    Succeeded,
    Failed,
    Running,

    /// <summary>Running when the build ended.</summary>
    Aborted,

    /// <summary>Has no actions of its own: it only gathers others.</summary>
    Collective,
}

/// <summary>A target with everything its definition said, and how it went.</summary>
[DebuggerDisplay("{Name} ({Status})")]
public class ExecutableTarget
{
    public MemberInfo Member { get; set; }

    public string Name { get; set; }

    public string Description { get; set; }

    public bool Listed { get; set; }

    public Delegate Factory { get; set; }

    public List<(string Text, Func<bool> Delegate)> DynamicConditions { get; internal set; } = [];

    public List<(string Text, Func<bool> Delegate)> StaticConditions { get; internal set; } = [];

    public DependencyBehavior DependencyBehavior { get; internal set; }

    public bool AssuredAfterFailure { get; internal set; }

    public bool ProceedAfterFailure { get; internal set; }

    public List<LambdaExpression> DelegateRequirements { get; internal set; } = [];

    public List<Action> Actions { get; internal set; } = [];

    public List<ExecutableTarget> ExecutionDependencies { get; } = [];

    public List<ExecutableTarget> OrderDependencies { get; } = [];

    public List<ExecutableTarget> TriggerDependencies { get; } = [];

    public List<ExecutableTarget> Triggers { get; } = [];

    public IReadOnlyCollection<ExecutableTarget> AllDependencies =>
        [.. ExecutionDependencies, .. OrderDependencies, .. TriggerDependencies];

    public List<string> ArtifactProducts { get; internal set; } = [];

    public TimeSpan Duration => Stopwatch.Elapsed;

    public bool IsDefault { get; set; }

    public ExecutionStatus Status { get; set; }

    /// <summary>Named by the user, not only pulled in.</summary>
    public bool Invoked { get; set; }

    /// <summary>What the closing table shows behind the target.</summary>
    public Dictionary<string, string> SummaryInformation { get; internal set; } = [];

    public string Skipped
    {
        get => SummaryInformation.GetValueOrDefault(nameof(Skipped));
        set => AddToSummary(nameof(Skipped), value);
    }

    /// <summary>The conditions that did not hold.</summary>
    public string OnlyWhen
    {
        get => SummaryInformation.GetValueOrDefault(nameof(OnlyWhen));
        set => AddToSummary(nameof(OnlyWhen), value);
    }

    internal TargetDefinition Definition { get; set; }

    internal Stopwatch Stopwatch { get; } = new();

    private void AddToSummary(string key, string value)
    {
        if (value is not null)
            SummaryInformation.Add(key, value);
    }
}
