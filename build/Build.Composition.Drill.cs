using Nuke.Common;
using RelayOps.Adapters.Drills;
using RelayOps.Adapters.Stores;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Stores;

/// <summary>What level drill works with.</summary>
internal sealed partial class Composition
{
    private IDrill Drill => new RedisServerDrill(new RedisServerDrillOptions
    {
        HealthTimeout = Duration.Parse(((IRestore)_build).HealthTimeout),
        PullImages = ((IVerify)_build).PullImages,
        Time = Time,
    });

    private static DrillWitness Witness => new(Tool, Environment.MachineName,
        Environment.GetEnvironmentVariable("GITHUB_RUN_ID") is { Length: > 0 } run ? run : null);

    /// <summary>Beside the report, where a workflow finds both.</summary>
    private ICertificateKeeper Certificates => new CertificateDirectory(Path.GetDirectoryName(ReportPath)!);

    private string ReportPath => Reporting.Report is { } named ? CallerPath.Resolve(named) : (string)(NukeBuild.RootDirectory / "artifacts" / "report.json");
}
