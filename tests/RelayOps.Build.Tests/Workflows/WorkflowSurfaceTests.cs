using System.Text.RegularExpressions;
using RelayOps.Core.Stores;

namespace RelayOps.Build.Tests.Workflows;

/// <summary>Targets and parameters that the workflows name are the build class' own: NUKE ignores a variable that it does not know.</summary>
public sealed partial class WorkflowSurfaceTests
{
    /// <summary>Read by build.sh.</summary>
    private static readonly string[] OfTheScript = ["RelayOpsDependencies"];

    private static readonly BuildSurface Surface = BuildSurface.Of(typeof(global::Build));

    private static IEnumerable<WorkflowStep> Steps =>
        WorkflowFile.Paths.SelectMany(path => WorkflowFile.Read(path).Jobs).SelectMany(job => job.Steps).Where(step => step.Targets is not null);

    [Fact]
    public void Targets_of_the_workflows_exist()
    {
        var targets = Steps.SelectMany(step => step.Targets!).Distinct().ToList();

        Assert.NotEmpty(targets);
        Assert.All(targets, target => Assert.True(Surface.IsTarget(target), $"there is no target {target}"));
    }

    [Fact]
    public void Variables_of_the_workflows_are_parameters()
    {
        var variables = Steps.SelectMany(step => step.Environment).Distinct().ToList();

        Assert.NotEmpty(variables);
        Assert.All(variables, variable => Assert.True(
            Surface.Find(variable) is not null || OfTheScript.Contains(variable), $"{variable} is no parameter"));
    }

    /// <summary>Between what a dispatch lets somebody choose, and what stands in the file where nothing was chosen.</summary>
    [Fact]
    public void Values_that_the_workflows_offer_are_those_of_their_parameters()
    {
        var offered = WorkflowFile.Paths.Select(WorkflowFile.Read).SelectMany(workflow => workflow.Jobs.SelectMany(job => job.Steps)
            .Where(step => step.Targets is not null).SelectMany(step => step.Environment.Except(OfTheScript)
                .SelectMany(variable => ValuesOf(workflow, step.Value(variable)!).Select(value => (workflow.Name, Variable: variable, Value: value))))).ToList();

        foreach (var expected in new[] { ("backup.yml", "LEVEL", "drill"), ("restore.yml", "ONLY", "redis+data"), ("restore.yml", "DRY_RUN", "true"), ("drill.yml", "LEVEL", "drill"),
            ("backup.yml", "STORE", "local+artifact"), ("status.yml", "MAX_AGE", "26h"), ("backup.yml", "DRY_RUN", "false") })
            Assert.Contains(expected, offered);
        Assert.All(offered, one => Assert.Null(ParameterValue.Check(Surface, Surface.Find(one.Variable)!, [one.Value], $"{one.Variable} in {one.Name}")));
    }

    [Fact]
    public void Secrets_and_variables_of_the_workflows_are_named_by_SetupGitHub()
    {
        var plan = string.Join('\n', GitHubSetupPlan.For(GitHubRepository.Parse("o/r"), environmentExists: false, knownHosts: []));
        var named = WorkflowFile.Paths.SelectMany(path => Asked().Matches(File.ReadAllText(path))).Select(match => match.Groups["name"].Value).Distinct().ToList();

        Assert.Contains("SSH_KEY", named);
        Assert.All(named, name => Assert.Matches($@"\b{name}\b", plan));
    }

    private static IEnumerable<string> ValuesOf(WorkflowFile workflow, string text) => !text.Contains("${{", StringComparison.Ordinal) ? [text]
        : Chosen().Matches(text).Select(match => match.Groups["name"].Value).SelectMany(input => workflow.Options(input).Append(workflow.Input(input, "default") ?? ""))
            .Concat(Fallback().Matches(text).Select(match => match.Groups["value"].Value)).Where(value => value.Length > 0).Distinct();

    [GeneratedRegex(@"\binputs\.(?<name>[a-z-]+)")]
    private static partial Regex Chosen();

    /// <summary>The literal that an expression ends with.</summary>
    [GeneratedRegex(@"\|\| *('(?<value>[^']*)'|(?<value>\w+)) *\}\}")]
    private static partial Regex Fallback();

    [GeneratedRegex(@"\b(secrets|vars)\.(?<name>[A-Z_]+)")]
    private static partial Regex Asked();
}
