using RelayOps.Core.Operations.Doctor;

/// <summary>Doctor, and what it tells.</summary>
internal sealed partial class Operations
{
    public Task DoctorAsync() => DoAsync(async cancellationToken =>
    {
        var report = await new DoctorOperation(_composition.DoctorSources()).RunAsync(_composition.DoctorRequest(), cancellationToken);
        _outcome.Examined(report);
        await TellAsync(report.Json(_composition.Mask.Clean), report.Table());
        if (report.FindFailure() is { } failure)
            throw failure;
    });
}
