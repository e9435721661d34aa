using RelayOps.Adapters.Reporting;
using RelayOps.Core;
using RelayOps.Core.Reporting;

/// <summary>What is told of a run that was refused before anything of it began: NUKE never saw it, so that nobody else reports it.</summary>
internal static class Refusal
{
    /// <summary>To whoever called; in a workflow by its summary, outputs and annotation as well, as any other failure.</summary>
    public static async Task TellAsync(
        Type buildType, CommandLineError wrong, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var mask = new SecretMask();
        foreach (var secret in CommandLineSources.SecretsIn(BuildSurface.Of(buildType), environment))
            mask.Add(secret);
        var error = new ReportedError(mask.Clean(wrong.What), mask.Clean(wrong.Why), mask.Clean(wrong.Next));
        await Console.Error.WriteLineAsync(mask.Clean(wrong.ToException().Message));
        StandardOutput.Fail(ExitStatus.WrongUse, error.What, error.Why, error.Next);
        var destinations = ReportDestinations.From(environment.GetValueOrDefault, Console.Out, reportPath: null, mask);
        foreach (var problem in await ReportPublisher.PublishAsync(Report(error, arguments), destinations, CancellationToken.None))
            await Console.Error.WriteLineAsync(mask.Clean(problem));
    }

    private static OperationReport Report(ReportedError error, IReadOnlyList<string> arguments)
    {
        var operation = arguments.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "Run";
        return new OperationReport
        {
            Operation = operation,
            StartedAt = TimeProvider.System.GetUtcNow(),
            Seconds = 0,
            ExitStatus = (int)ExitStatus.WrongUse,
            Verdict = $"{operation} was refused: {error.What}",
            Error = error,
        };
    }
}
