using System.Text;
using RelayOps.Testing;
using RelayOps.Testing.Processes;

namespace RelayOps.Build.Tests.Workflows;

/// <summary>What others know about workflows: GitHub's own parser, actionlint, and shellcheck over each script.</summary>
public sealed class WorkflowCheckersTests
{
    [Fact]
    public async Task Parser_and_actionlint_find_nothing() =>
        Assert.Equal((0, "", ""), await CheckAsync(WorkflowFile.Paths));

    [Fact]
    public async Task Parser_and_actionlint_find_what_is_wrong()
    {
        var file = Path.Combine(Path.GetTempPath(), $"relayops-workflow-{Guid.NewGuid():N}.yml");
        var sound = await File.ReadAllTextAsync(WorkflowFile.Paths[0]);
        await File.WriteAllTextAsync(file, sound.Replace("queue: max", "queue: most", StringComparison.Ordinal).Replace("inputs.level", "inputs.levle", StringComparison.Ordinal));
        try
        {
            var (status, output, _) = await CheckAsync([file]);

            Assert.Equal(1, status);
            Assert.Contains("workflow-parser: Unexpected value 'most'", output, StringComparison.Ordinal);
            Assert.Contains("actionlint: property \"levle\" is not defined", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Shellcheck_finds_nothing_in_any_script()
    {
        await Prerequisites.EnsureAsync([("shellcheck", "shellcheck")], CancellationToken.None);
        var scripts = WorkflowFile.Paths.SelectMany(path => WorkflowFile.Read(path).Jobs).SelectMany(job => job.Steps).Select(step => step.Run).OfType<string>().Distinct().ToList();

        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            var result = await Shell.TryAsync(new ShellCommand("shellcheck", ["--shell=bash", "-"]) { Input = async stream => await stream.WriteAsync(Encoding.UTF8.GetBytes(script)) }, CancellationToken.None);
            Assert.Equal((0, ""), (result.Status, result.Output));
        }
    }

    private static async Task<(int Status, string Output, string Error)> CheckAsync(IEnumerable<string> files)
    {
        await NodePackages.EnsureAsync(CancellationToken.None);
        var result = await Shell.TryAsync(new ShellCommand("node", ["check.mjs", .. files]) { Directory = NodePackages.Directory }, CancellationToken.None);
        return (result.Status, result.Output, result.Error);
    }
}
