using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Whether a deployment can come to a server. Looks, and changes nothing, but for docker itself where that is to be installed.</summary>
public sealed class NewServerCheck(IHost host, IReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan WorthAWord = TimeSpan.FromSeconds(5);

    /// <summary>Certificates and keys with a time to live go wrong beyond it.</summary>
    private static readonly TimeSpan TooFar = TimeSpan.FromMinutes(5);

    /// <exception cref="RelayOpsException">It cannot; every reason is told, each with what mends it (<see cref="ExitStatus.WrongUse"/>).</exception>
    public async Task<NewServer> RunAsync(NewServerNeeds needs, CancellationToken cancellationToken)
    {
        var server = await LookAsync(needs, cancellationToken);
        var installs = needs.InstallDocker && DockerInstallation.IsNeeded(server);
        Demand([.. Problems(needs, server), .. installs ? DockerInstallation.Problems(server) : DockerProblems(server)]);
        if (installs)
        {
            if (!needs.DryRun && needs.ConfirmAsync is { } confirm && !await confirm([$"install docker and compose on {host.Name}, from the packages of its distribution: they stay, whatever becomes of the rest"], cancellationToken))
                throw new RelayOpsException("nothing was changed", "it was not confirmed", "answer yes, or pass --confirm yes", ExitStatus.WrongUse);
            await new DockerInstallation(host, reporter).RunAsync(server, cancellationToken);
            if (!needs.DryRun)
            {
                server = await LookAsync(needs, cancellationToken);
                Demand([.. Problems(needs, server), .. DockerProblems(server)]);
            }
        }

        if (server.ClockSkew.Duration() > WorthAWord)
            reporter.Warn($"{Clock(server)}: have it keep time (timedatectl set-ntp true)");
        return server;
    }

    private async Task<NewServer> LookAsync(NewServerNeeds needs, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin($"looking at {host.Name}");
        var before = time.GetUtcNow();
        var said = await host.RunAsync(NewServer.Command(needs.DeploymentPath), cancellationToken);
        var half = (time.GetUtcNow() - before) / 2;
        var surveyed = await host.RunAsync(ServerSurvey.Command(needs.DeploymentPath), cancellationToken);
        var server = NewServer.Parse(said.Output, surveyed.Output, host.Name, needs.ComposeFile);
        var skew = server.Survey.Clock - (before + half);
        // Its clock tells whole seconds, somewhere within the round trip.
        return server with { ClockSkew = skew.Duration() <= half + TimeSpan.FromSeconds(1) ? TimeSpan.Zero : skew };
    }

    private void Demand(IReadOnlyList<Problem> problems)
    {
        if (problems is [var only])
            throw new RelayOpsException($"{host.Name} cannot take the deployment; nothing was changed", only.Why, only.Next, ExitStatus.WrongUse);
        if (problems.Count > 1)
            throw new RelayOpsException($"{host.Name} cannot take the deployment, for {problems.Count} reasons; nothing was changed",
                string.Concat(problems.Select((problem, i) => $"\n  {i + 1}. {problem.Why}\n     -> {problem.Next}")) + "\n",
                "mend them, and run it again", ExitStatus.WrongUse);
    }

    private IEnumerable<Problem> Problems(NewServerNeeds needs, NewServer server)
    {
        var survey = server.Survey;
        if (server is { Present.IsEmpty: false, HalfPlaced: null })
            yield return new($"{survey.Path} is not empty ({string.Join(", ", server.Present)}): what lies there is never overwritten",
                "choose another directory with --new-deployment-path; a deployment that is there gets a backup's data by the Restore target");
        if (server is { MayMakeDirectory: false, IsRoot: false })
            yield return new($"{survey.User} may not make {survey.Path}", $"as root there: install -d -o {survey.User} {survey.Path}");
        if (survey.FreeBytes < needs.Bytes)
            yield return new($"{needs.Bytes >> 20} MiB are needed for {survey.Path}, {survey.FreeBytes >> 20} MiB are free",
                "free disk space there, or choose a directory on a larger disk with --new-deployment-path");
        foreach (var port in needs.Ports.Where(port => port.Protocol == "tcp" && server.HalfPlaced is null && server.Listening.Any(port.Meets)))
            yield return new($"port {port} of '{port.Service}' is taken{Holder(server, port)}",
                "stop what listens there, or give the service another port in .env");
        if (server.Projects.FirstOrDefault(line => line.Split(' ', 2) is [var name, var path] && name == NewPlaceCheck.ProjectOf(server.Survey.Path, needs.ProjectName) && path != survey.Path) is { } other)
            yield return new($"another deployment there has the compose project name {other.Split(' ')[0]} (in {other.Split(' ', 2)[1]}): compose would take its containers for this one's",
                "choose another name with --new-project-name, or a directory of another name with --new-deployment-path");
        if (server.ClockSkew.Duration() > TooFar)
            yield return new(Clock(server), "set it right first (timedatectl set-ntp true): certificates and keys with a time to live depend on it");
    }

    private static IEnumerable<Problem> DockerProblems(NewServer server)
    {
        var survey = server.Survey;
        if (survey.Docker is null && !survey.Tools.Contains("docker"))
            yield return new("docker is not there", "install it (on Debian and Ubuntu: pass --install-docker)");
        else if (survey.Docker is null)
            yield return new($"docker refuses {survey.User} ({survey.DockerError ?? "it said nothing"})",
                $"start it (systemctl start docker), and put {survey.User} into group docker or allow sudo without a password");
        else if (survey.ComposeProgram is null)
            yield return new("docker is there, docker compose is not", "install the compose plugin or docker-compose (on Debian and Ubuntu: pass --install-docker)");
    }

    private static string Holder(NewServer server, ComposePort port) =>
        server.Containers.FirstOrDefault(line => line.Contains($":{port.First}->", StringComparison.Ordinal)) is { } container
            ? $" by container {container.Split(' ')[0]}" : "";

    private string Clock(NewServer server) =>
        $"the clock of {host.Name} is {server.ClockSkew.Duration().TotalSeconds:0} s {(server.ClockSkew > TimeSpan.Zero ? "ahead of" : "behind")} this machine's";
}

/// <param name="Next">What mends it.</param>
internal sealed record Problem(string Why, string Next);
