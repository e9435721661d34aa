using RelayOps.Adapters.Reporting;
using RelayOps.Adapters.Reporting.Notifications;
using RelayOps.Core;
using RelayOps.Core.Reporting;

/// <summary>Who is told how a run ended.</summary>
internal sealed partial class Composition
{
    private Notifications? _notifications;
    private Task<System.Collections.Immutable.ImmutableArray<string>>? _told;

    private IHazNotifications Notifying => _build;

    private string? Subject => Environment.GetEnvironmentVariable("PROFILE") is { Length: > 0 } profile ? profile
        : Server.Server is { Length: > 0 } server ? server : null;

    /// <summary>Once for a run, before its first target does anything.</summary>
    /// <exception cref="RelayOpsException">An address cannot be used (<see cref="ExitStatus.WrongUse"/>).</exception>
    public void BeginNotifying(string operation)
    {
        if (_notifications is not null || _secrets.Notify is not { Length: > 0 } text)
            return;
        var addresses = NotifierAddress.ParseAll(text);
        foreach (var secret in addresses.SelectMany(address => address.Secrets))
            Mask.Add(secret);
        if (addresses.FirstOrDefault(address => address.HoldsToken && Environment.GetCommandLineArgs().Any(word => word.Contains(address.Text, StringComparison.Ordinal))) is { } open)
            throw new RelayOpsException($"the address of {open.Name} holds a token", "on a command line it would be in the process list and in the shell's history",
                "set the environment variable NOTIFY instead", ExitStatus.WrongUse);
        _notifications = new Notifications(addresses, new NoticeOrigin(Subject, RunAddress), Notifying.NotifyOn.Equals("always", StringComparison.OrdinalIgnoreCase), Time);
        // Meanwhile the operation begins: a receiver that is slow holds nothing up.
        _told = DryRun ? null : _notifications.BeginAsync(operation, CancellationToken.None);
    }

    /// <param name="report">Masked and neutralised.</param>
    private async Task NotifyAsync(OperationReport report, CancellationToken cancellationToken)
    {
        if (report.DryRun)
            return;
        foreach (var problem in await (_told ?? Task.FromResult(System.Collections.Immutable.ImmutableArray<string>.Empty)))
            Recorder.Warn(problem);
        if (_notifications is not null)
            foreach (var problem in await _notifications.EndAsync(report, cancellationToken))
                Recorder.Warn(problem);
        if (Notifying.Metrics is { } path)
            await WriteMetricsAsync(report, CallerPath.Resolve(path), cancellationToken);
    }

    private async Task WriteMetricsAsync(OperationReport report, string path, CancellationToken cancellationToken)
    {
        try
        {
            await PrometheusTextfile.WriteAsync(report, Subject ?? "", path, Time, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Recorder.Warn($"the metrics could not be written to {path}: {e.Message}");
        }
    }

    private static string? RunAddress => Environment.GetEnvironmentVariable("GITHUB_RUN_ID") is { Length: > 0 } run
        ? $"{Environment.GetEnvironmentVariable("GITHUB_SERVER_URL")}/{Environment.GetEnvironmentVariable("GITHUB_REPOSITORY")}/actions/runs/{run}" : null;
}
