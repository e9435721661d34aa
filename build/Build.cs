using System.Collections;
using Nuke.Common;
using RelayOps.Core;

/// <summary>RelayOps as an operator meets it: every target and parameter comes from a component.</summary>
internal sealed partial class Build : NukeBuild,
    IBackup,
    IDevelop,
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
    IVerify
{
    private Operations? _operations;

    Operations IHazOperations.Operations => _operations ??= new Operations(this);

    public static int Main(string[] arguments)
    {
        StandardOutput.ReserveForJson(arguments);
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
        if (CommandLine.Check(typeof(Build), arguments, environment) is not { } wrong)
            return Execute<Build>();
        Console.Error.WriteLine(wrong.ToException().Message);
        return (int)ExitStatus.WrongUse;
    }

    protected override void OnBuildFinished() => _operations?.FinishAsync().GetAwaiter().GetResult();
}
