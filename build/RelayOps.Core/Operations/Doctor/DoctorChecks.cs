using System.Collections.Immutable;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>Every check, in the order in which they are told.</summary>
public static class DoctorChecks
{
    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        .. MachineChecks.All, .. ConnectionChecks.All, .. ServerChecks.All, .. DockerChecks.All, .. RedisChecks.All, .. DeploymentChecks.All,
        .. BackupChecks.All, .. GitHubChecks.All,
    ];

    /// <summary>A check that fails itself is an error of its own, and hides no other.</summary>
    public static ImmutableArray<CheckResult> Judge(DoctorFacts facts) => [.. All.Select(check => new CheckResult(check, Judge(check, facts)))];

    private static Judgement Judge(DoctorCheck check, DoctorFacts facts)
    {
        try
        {
            return check.Judge(facts);
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            return Judgement.Error($"the check itself failed: {unforeseen.Message}", "this is a defect of RelayOps: report it");
        }
    }
}
