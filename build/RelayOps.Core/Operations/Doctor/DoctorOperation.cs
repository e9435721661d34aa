using System.Collections.Immutable;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>Looks at everything that a backup or a restore needs. Changes nothing, unless it is told to mend what is safe to mend.</summary>
public sealed class DoctorOperation(DoctorSources sources)
{
    /// <exception cref="RelayOpsException">What was to be mended could not be. What is wrong is told by the report, never thrown.</exception>
    public async Task<DoctorReport> RunAsync(DoctorRequest request, CancellationToken cancellationToken)
    {
        var gathering = new DoctorGathering(sources, request);
        var report = await LookAsync(gathering, cancellationToken);
        if (!request.Fix)
            return report;
        var found = report.Results.SelectMany(result => result.Judgement.Fixes).Distinct().ToLookup(mending => !mending.NeedsConfirmation || request.IsConfirmed);
        foreach (var left in found[false])
            sources.Reporter.Note($"left as it is: {left}; this may stop and start the service: Doctor --fix --confirm yes does it");
        ImmutableArray<Mending> mendings = [.. found[true]];
        if (mendings.IsEmpty)
            return report;
        if (request.DryRun)
        {
            foreach (var mending in mendings)
                sources.Reporter.Note($"would mend {mending}");
            return report;
        }

        foreach (var mending in mendings)
            await MendAsync(mending, gathering, request, cancellationToken);
        // What was mended is believed when it is seen.
        var after = await LookAsync(gathering, cancellationToken);
        var isMended = mendings.ToLookup(mending => after.Confirms(mending, report));
        foreach (var mending in isMended[true])
            sources.Reporter.Note($"mended {mending}");
        foreach (var mending in isMended[false])
            sources.Reporter.Warn($"tried, and not seen to be mended: {mending}");
        return after with { Mended = [.. isMended[true]] };
    }

    private async Task<DoctorReport> LookAsync(DoctorGathering gathering, CancellationToken cancellationToken)
    {
        using var phase = sources.Reporter.Begin("looking at everything");
        var facts = await gathering.GatherAsync(cancellationToken);
        return new DoctorReport(DoctorChecks.Judge(facts), facts.FindUnreached());
    }

    private async Task MendAsync(Mending mending, DoctorGathering gathering, DoctorRequest request, CancellationToken cancellationToken)
    {
        switch (mending.Kind)
        {
            case MendingKind.ModeHere:
                sources.Machine.SetMode(mending.Target, mending.Mode);
                break;
            case MendingKind.DirectoryHere:
                sources.Machine.MakeDirectory(mending.Target, mending.Mode);
                break;
            case MendingKind.ModeThere:
                await SetModeThereAsync(mending, gathering.Look!, cancellationToken);
                break;
            default:
                await new RecoverOperation(gathering.Look!.Host, sources.Compose, sources.Reporter, sources.Time)
                    .RunAsync(request.DeploymentPath, request.Owner, request.LockWait, cancellationToken);
                break;
        }
    }

    /// <summary>Not through a link: what it leads to may be anybody's.</summary>
    private static async Task SetModeThereAsync(Mending mending, DeploymentLook look, CancellationToken cancellationToken)
    {
        var owner = look.Owner;
        var command = HostCommand.ChangingScript("""cd "$1" && { [ -L "$3" ] || chmod "$2" "$3"; }""", owner.Root, mending.Octal, $"./{mending.Target}");
        var result = await look.Host.RunAsync(owner.Run(command), cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"cannot change the mode of {mending.Target} on {look.Host.Name}", FirstLine.Of(result.Exit.Error), $"run there: chmod {mending.Octal} {mending.Target}");
    }
}
