using System.Collections;
using Nuke.Common;
using RelayOps.Core;

/// <summary>RelayOps as an operator meets it: every target and parameter comes from a component.</summary>
internal sealed partial class Build : NukeBuild,
    IBackup,
    ICleanLogs,
    ICopy,
    IDevelop,
    IDoctor,
    IHazNotifications,
    IInspect,
    IList,
    IMigrate,
    IPin,
    IPrune,
    IPublish,
    IReencrypt,
    IRehearse,
    IRestore,
    IRollback,
    ISetupGitHub,
    IStatus,
    IUpdate,
    IUsage,
    IVerify
{
    private Operations? _operations;

    Operations IHazOperations.Operations => _operations ??= new Operations(this);

    public static int Main(string[] arguments)
    {
        Composition.ForbidCoreFiles();
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
        if (JsonDocumentWanted.By(typeof(Build), arguments, environment))
            StandardOutput.ReserveForJson();
        if (CommandLine.Check(typeof(Build), arguments, environment) is { } wrong)
        {
            Refusal.TellAsync(typeof(Build), wrong, arguments, environment, isAttended: !Console.IsOutputRedirected).GetAwaiter().GetResult();
            return (int)ExitStatus.WrongUse;
        }

        var status = Execute<Build>();
        if (status != 0)
            StandardOutput.Fail((ExitStatus)status, "the run failed", "it ended before there was a report", "see what it said on standard error");
        return status;
    }

    protected override void OnBuildFinished() => _operations?.FinishAsync().GetAwaiter().GetResult();
}
