using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations;

/// <summary>Looks whether an operation can succeed, before it begins; changes nothing.</summary>
public sealed class PreflightOperation(IHost host, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan WorthAWord = TimeSpan.FromSeconds(60);

    /// <param name="recover">Finishes or undoes what an operation that broke off left on the server; null leaves that to whoever calls.</param>
    /// <exception cref="RelayOpsException">Something is missing; it says how to mend it.</exception>
    public async Task<InspectedDeployment> RunAsync(
        string deploymentPath, DeploymentParts parts, Func<CancellationToken, Task>? recover, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin($"looking at {deploymentPath} on {host.Name}");
        var survey = await ServerSurvey.TakeAsync(host, deploymentPath, cancellationToken);
        if (survey.IsHalfRebuilt)
            throw new RelayOpsException($"{survey.Path} on {host.Name} is half rebuilt", "a Migrate from a backup broke off there, or is at work",
                "run the same Migrate again: it finishes, or begins anew", ExitStatus.WrongUse);
        if (survey.HasJournal && recover is not null)
        {
            await recover(cancellationToken);
            survey = await ServerSurvey.TakeAsync(host, deploymentPath, cancellationToken);
        }

        var deployment = await new DeploymentInspection(host, compose, reporter).InspectAsync(survey, parts, cancellationToken);
        if (survey.MovedTo is { } place)
            reporter.Warn($"the service of {survey.Path} was moved to {place}; what is here was left behind and is stopped");
        CheckClock(deployment.Survey);
        CheckEnvironment(deployment, parts);
        if (deployment.Redis is { } redis)
            Describe(redis);
        return deployment;
    }

    /// <summary>Ids and ages are this machine's: a server that lives elsewhere in time confuses whoever compares its logs with them.</summary>
    private void CheckClock(ServerSurvey survey)
    {
        var skew = survey.Clock - time.GetUtcNow();
        if (skew.Duration() > WorthAWord)
            reporter.Warn($"the clock of {host.Name} is {Math.Abs(skew.TotalSeconds):0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} this machine's");
    }

    /// <summary>Without .env a restored service restarts for ever, and without its ENCRYPTION_KEY nobody reads the accounts again.</summary>
    private void CheckEnvironment(InspectedDeployment deployment, DeploymentParts parts)
    {
        if (!parts.HasFlag(DeploymentParts.Config))
            return;
        if (!deployment.Survey.HasEnvironmentFile)
            reporter.Warn($"{deployment.Survey.Path} has no .env: a restore of this backup needs one from elsewhere");
        else if (deployment.Environment.Find("ENCRYPTION_KEY") is not { Length: > 0 })
            reporter.Warn(".env names no ENCRYPTION_KEY: the accounts in this backup cannot be read with it");
    }

    private void Describe(RedisServer redis)
    {
        reporter.Note($"{redis.Endpoint.Name}: version {redis.Version}, {redis.Keys} keys, append-only {(redis.IsAppendOnly ? "on" : "off")}");
        if (redis.LastSaveFailed)
            reporter.Warn($"the last save of {redis.Endpoint.Name} failed: it may refuse writes (MISCONF) until one succeeds");
    }
}
