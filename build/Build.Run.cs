using System.Collections.Immutable;
using System.Runtime.InteropServices;
using RelayOps.Core;
using RelayOps.Core.Reporting;

/// <summary>One run of the build: owns Ctrl-C and SIGTERM, the exit status, and what is reported at the end.</summary>
/// <remarks>NUKE's own handling of Ctrl-C ends the process without cleaning up, so signals are taken here, before it sees them.</remarks>
internal sealed class Run : IDisposable
{
    private readonly Build _build;
    private readonly TimeProvider _time;
    private readonly SecretMask _mask;
    private readonly DateTimeOffset _startedAt;
    private readonly CancellationTokenSource _stop = new();
    private readonly ImmutableArray<PosixSignalRegistration> _signals;
    private ExitStatus? _stoppedBy;
    private Exception? _error;

    public Run(Build build, TimeProvider time, SecretMask mask)
    {
        _build = build;
        _time = time;
        _mask = mask;
        _startedAt = time.GetUtcNow();
        _signals = [On(PosixSignal.SIGINT, ExitStatus.Interrupted), On(PosixSignal.SIGTERM, ExitStatus.Terminated), On(PosixSignal.SIGHUP, ExitStatus.Terminated)];
    }

    /// <summary>The target that was asked for, for the report.</summary>
    public string Operation => _build.InvokedTargets.Select(target => target.Name).FirstOrDefault() ?? "none";

    public RelayOpsException? Error => _error as RelayOpsException;

    public bool HasFailed => _error is not null;

    /// <summary>Does one target's work; what goes wrong becomes the exit status of the whole run.</summary>
    public async Task DoAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stop.Token);
        }
        catch (Exception exception)
        {
            _error ??= exception;
            _build.ExitCode ??= (int)StatusOf(exception);
            if (_mask.Clean(exception.ToString()) == exception.ToString())
                throw;
            throw Cleaned(exception);
        }
    }

    /// <param name="verdict">Of a run that did not fail.</param>
    public OperationReport Report(string verdict, bool dryRun, PhaseRecorder recorder) => new()
    {
        Operation = Operation,
        StartedAt = _startedAt,
        Seconds = Math.Round((_time.GetUtcNow() - _startedAt).TotalSeconds, 3),
        ExitStatus = _build.ExitCode ?? (_build.IsSucceeding ? 0 : (int)ExitStatus.Failed),
        DryRun = dryRun,
        Verdict = _error is null ? verdict : $"{Operation} failed: {Error?.What ?? _error.Message}",
        Error = Error is { } known ? new ReportedError(known.What, known.Why, known.Next)
            : _error is null ? null : new ReportedError(Operation + " failed", _error.Message, "this is a defect of RelayOps: report it with the lines above"),
        Phases = recorder.Phases,
        Warnings = recorder.Warnings,
        Log = _error is null ? [] : recorder.Tail,
    };

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _stop.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal, ExitStatus status) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (_stoppedBy is not null)
            Environment.Exit((int)status); // A second signal: the operator means it.
        _stoppedBy = status;
        _build.ExitCode = (int)status;
        Console.Error.WriteLine("stopping, and cleaning up; once more to stop at once");
        _stop.Cancel();
    });

    /// <summary>NUKE prints an error itself, as it is: what a server or a store has put into it must not be a secret, nor a command to a CI runner.</summary>
    private Exception Cleaned(Exception exception) => exception is RelayOpsException known
        ? new RelayOpsException(_mask.Clean(known.What), _mask.Clean(known.Why), _mask.Clean(known.Next), known.Status)
        : new InvalidOperationException(_mask.Clean(exception.ToString()));

    private ExitStatus StatusOf(Exception exception) => exception switch
    {
        _ when _stoppedBy is { } status => status,
        RelayOpsException known => known.Status,
        UnauthorizedAccessException => ExitStatus.WrongUse,
        _ => ExitStatus.Failed,
    };
}
