using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// Starts a copy of the deployment on the new server while the old service still serves, and takes it down again. It stands behind a fence:
/// a network of docker's without a way out takes the place of its own, so that it publishes no port, and reaches nobody. A service that could
/// would renew accounts' tokens, and those of the old one would be worth nothing from then on.
/// </summary>
internal sealed class TrialBoot(Arrival arrival, OldServer source, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    /// <summary>$1 where the deployment is, $2 the trial's directory. Data are copied; logs and the dataset are not there. It belongs to the user, who has
    /// no other way to write in it than their own where root is a container.</summary>
    private const string CopyScript = """
        cd "$1" && rm -rf "$2" && mkdir -p "$2/logs" && chown "$(stat -c %u:%g .relayops)" "$2" || exit 74
        if [ -d data ]; then cp -a data "$2/data" || exit 74; fi
        """;

    /// <summary>
    /// $1 the fence's name, $2 what it is labelled with, $3 how many words docker is, docker, then containers that do not run. Answers on
    /// their service's name, as on their own network. One on the machine's own network cannot be fenced in: prints its name.
    /// </summary>
    private const string FenceScript = """
        fence=$1 label=$2 words=$3
        shift 3
        docker=
        while [ "$words" -gt 0 ]; do docker="$docker $1"; shift; words=$((words - 1)); done
        for id do
          case $($docker inspect -f '{{.HostConfig.NetworkMode}}' "$id") in host|container:*|none) echo "$id"; exit 0 ;; esac
        done
        $docker network create --internal --label "relayops.fence=$label" "$fence" >/dev/null || exit 70
        for id do
          for net in $($docker inspect -f '{{range $name, $net := .NetworkSettings.Networks}}{{$name}} {{end}}' "$id"); do
            $docker network disconnect -f "$net" "$id" || exit 70
          done
          service=$($docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}}' "$id")
          $docker network connect --alias "$service" "$fence" "$id" || exit 70
        done
        """;

    private readonly ServerSurvey _survey = arrival.Survey with { Path = arrival.TrialPath };

    public HostCommand CopyCommand => arrival.Owner.Run(HostCommand.ChangingScript(CopyScript, arrival.Path, arrival.TrialPath));

    public HostCommand CreateCommand => new ServiceControl(arrival.Host, _survey, []).CreateCommand(arrival.TrialProject, source.Services);

    public HostCommand FenceCommand(params IEnumerable<string> containers)
    {
        var words = arrival.Survey.Docker!.Words;
        return HostCommand.ChangingScript(FenceScript, [$"{arrival.Project}-relayops-fence", arrival.Path,
            words.Length.ToString(CultureInfo.InvariantCulture), .. words, .. containers]);
    }

    /// <exception cref="RelayOpsException">What was staged does not load, or the service does not become healthy on it; nothing has been stopped.</exception>
    public async Task RunAsync(MovedFiles files, MovedDataset dataset, TimeSpan healthTimeout, CancellationToken cancellationToken)
    {
        await arrival.RunAsync(CopyCommand, "cannot copy the data for the trial", cancellationToken);
        await files.SendConfigAsync(arrival.TrialPath, cancellationToken);
        var expected = await dataset.SendAsync(arrival.TrialPath, cancellationToken);
        using (reporter.Begin($"trial boot on {arrival.Host.Name}"))
            await BootAsync(expected, healthTimeout, cancellationToken);
        await arrival.TakeDownAsync(cancellationToken);
        await arrival.RunAsync(arrival.Owner.Run(StagedFiles.RemoveCommand(arrival.Path, ".relayops/trial")), "cannot remove the trial", cancellationToken);
    }

    private async Task BootAsync(DatasetCounts? expected, TimeSpan healthTimeout, CancellationToken cancellationToken)
    {
        await arrival.RunAsync(CreateCommand, "compose cannot make the containers", cancellationToken);
        var target = await arrival.InspectAsync(compose, arrival.TrialPath, cancellationToken);
        var fenced = await arrival.Host.RunAsync(FenceCommand(target.Deployment.Containers.Select(container => container.Id)), cancellationToken);
        if (!fenced.Succeeded)
            throw new RelayOpsException($"cannot fence in the trial on {arrival.Host.Name}", FirstLine.Of(fenced.Exit.Error), "look at its docker");
        if (fenced.Output.Trim().Length > 0)
        {
            reporter.Warn("the trial boot was left out: a container uses the machine's own network, and would be seen by clients");
            return;
        }

        var services = target.Services;
        await services.RunAsync(services.StartCommand(services.Redis.Select(container => container.Id)), "start redis on trial", cancellationToken);
        var loaded = new LoadedRedis(arrival.Host, target, time);
        var counts = await loaded.DemandCountsAsync(await loaded.GetReadyAsync(recreated: false, healthTimeout, cancellationToken), expected, cancellationToken);
        DemandAny(counts.Keys, expected);
        var apps = services.Apps.Where(app => source.Running.Any(container => container.Service == app.Service)).Select(app => app.Id);
        await services.RunAsync(services.StartCommand(apps), "start the service on trial", cancellationToken);
        await ServiceHealth.DemandAsync(arrival.Host, services.Docker!, target.App!, healthTimeout, cancellationToken);
    }

    /// <summary>What came straight was counted by nobody while clients write: that it loads is proven here, and every key of it at the cut-over.</summary>
    private void DemandAny(long keys, DatasetCounts? expected)
    {
        if (expected is not null)
            return;
        if (keys == 0 && source.Redis.Keys > 0)
            throw new RelayOpsException($"redis on {arrival.Host.Name} loads nothing of the dataset", $"it has no keys, and {source.Redis.Keys} were there", "look at its log, and migrate again");
        reporter.Note($"redis on trial has loaded {keys} keys; they are counted and compared once nobody writes any more");
    }
}
