using Nuke.Common;

internal interface ISetupGitHub : IHazGitHub, IHazReporting, IHazOperations
{
    Target SetupGitHub => _ => _
        .Description("Prints what the workflows need of a repository, and makes its environment where there is a token")
        .Executes(() => Operations.SetupGitHubAsync());
}
