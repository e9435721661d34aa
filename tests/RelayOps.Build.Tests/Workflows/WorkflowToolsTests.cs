using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;

namespace RelayOps.Build.Tests.Workflows;

/// <summary>Runners have gpg and lack age: whatever seals or opens backups installs it first.</summary>
public sealed class WorkflowToolsTests
{
    [Fact]
    public void Age_is_installed_before_a_step_that_may_need_it_whatever_encrypt_to_says()
    {
        var jobs = WorkflowFile.Paths.SelectMany(path => WorkflowFile.Read(path).Jobs).Where(job => job.Steps.Any(step => step.Environment.Contains("IDENTITY"))).ToList();

        Assert.Equal(["backup", "drill", "restore"], jobs.Select(job => job.Id));
        Assert.All(jobs, job => Assert.Null(
            job.Steps.TakeWhile(step => !step.Environment.Contains("IDENTITY")).Single(step => step.Run == WorkflowPolicy.Installation).If));
    }

    [Theory, InlineData("true", ""), InlineData("false", "::warning::age could not be installed; a backup that is encrypted with it can be neither written nor read\n")]
    public async Task A_mirror_that_is_out_of_reach_stops_no_backup_that_does_without_age(string sudo, string warning)
    {
        using var programs = TestDirectory.Create("relayops-sudo-");
        File.CreateSymbolicLink(programs.File("sudo"), $"/bin/{sudo}");

        var output = await Shell.RunAsync("env", [$"PATH={programs.Path}", "/bin/bash", "-e", "-o", "pipefail", "-c", WorkflowPolicy.Installation], CancellationToken.None);

        Assert.Equal(warning, output);
    }
}
