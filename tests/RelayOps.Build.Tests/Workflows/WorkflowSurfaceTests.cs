namespace RelayOps.Build.Tests.Workflows;

/// <summary>Targets and parameters that the workflows name are the build class' own: NUKE ignores a variable that it does not know.</summary>
public sealed class WorkflowSurfaceTests
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
}
