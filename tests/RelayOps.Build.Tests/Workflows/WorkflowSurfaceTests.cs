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

    [Fact]
    public void Secrets_and_variables_of_the_workflows_are_named_by_SetupGitHub()
    {
        var plan = string.Join('\n', GitHubSetupPlan.For(GitHubRepository.Parse("o/r"), environmentExists: false));
        var named = WorkflowFile.Paths.SelectMany(path => Asked().Matches(File.ReadAllText(path))).Select(match => match.Groups["name"].Value).Distinct().ToList();

        Assert.Contains("SSH_KEY", named);
        Assert.All(named, name => Assert.Matches($@"\b{name}\b", plan));
    }

    [GeneratedRegex(@"\b(secrets|vars)\.(?<name>[A-Z_]+)")]
    private static partial Regex Asked();
}
