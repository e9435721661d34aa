using Nuke.Common;

/// <summary>RelayOps as an operator meets it: every target and parameter comes from a component.</summary>
internal sealed partial class Build : NukeBuild, IBackup, IVerify, IList, IPrune, IPin, IRehearse, IDevelop
{
    private Operations? _operations;

    Operations IHazOperations.Operations => _operations ??= new Operations(this);

    public static int Main(string[] arguments) =>
        CommandLine.Refuse(typeof(Build), arguments) ?? Execute<Build>();

    protected override void OnBuildFinished() => _operations?.FinishAsync().GetAwaiter().GetResult();
}
