using Nuke.Common;
using Nuke.Common.IO;

namespace RelayOps.Build.Tests.Sample;

internal enum Fruit
{
    Apple,
    Pear,
}

/// <summary>Every kind of parameter, printed as the build sees it.</summary>
internal sealed class ParametersBuild : NukeBuild, IHazValues
{
    [Parameter("Any text")]
    private readonly string? Text;

    [Parameter("A number. Default is 7.")]
    private readonly int Number = 7;

    [Parameter("Yes or no")]
    private readonly bool Flag;

    [Parameter("Several")]
    private readonly string[] Several = [];

    [Parameter("Several, joined", Separator = "+")]
    private readonly string[] Joined = [];

    [Parameter("A place")]
    private readonly AbsolutePath? Place;

    [Parameter("A choice")]
    private readonly Fruit Choice;

    [Parameter("Called otherwise", Name = "OtherName")]
    private readonly string? Renamed;

    [Parameter("Not shown", List = false)]
    private readonly string? Hidden;

    [Parameter("A secret")]
    [Secret]
    private readonly string? Password;

    [Parameter]
    private readonly string? GitHubToken;

    public static int Run() => Execute<ParametersBuild>(x => x.Show);

    private Target Show => _ => _.Executes(() =>
    {
        Print("Text", Text);
        Print("Number", Number);
        Print("Flag", Flag);
        Print("Several", string.Join('|', Several));
        Print("Joined", string.Join('|', Joined));
        Print("Place", Place);
        Print("Choice", Choice);
        Print("Renamed", Renamed);
        Print("Hidden", Hidden);
        Print("Password", Password);
        Print("GitHubToken", GitHubToken);
        Print("BackupId", ((IHazValues)this).BackupId);
        Print("Keep", ((IHazValues)this).Keep);
        Print("DryRun", ((IHazValues)this).DryRun);
        Print("Verbosity", Verbosity);
        Print("Host", Host.GetType().Name);
        Print("IsLocalBuild", IsLocalBuild);
        Print("Root", RootDirectory);
    });

    private static void Print(string name, object? value) => Console.WriteLine($"{name}=<{value}>");
}

internal interface IHazValues : INukeBuild
{
    [Parameter("Which backup")]
    string? BackupId => TryGetValue(() => BackupId);

    [Parameter("How many. Default is 7.")]
    int Keep => TryGetValue<int?>(() => Keep) ?? 7;

    [Parameter("Changes nothing")]
    bool DryRun => TryGetValue<bool?>(() => DryRun) ?? false;
}
