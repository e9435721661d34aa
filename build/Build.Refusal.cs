using RelayOps.Adapters.Reporting;
using RelayOps.Adapters.Reporting.Notifications;
using RelayOps.Core;
using RelayOps.Core.Reporting;

/// <summary>What is told of a run that was refused before anything of it began: NUKE never saw it, so that nobody else reports it.</summary>
internal static class Refusal
{
    /// <summary>To whoever called; in a workflow by its summary, outputs and annotation as well, and to those of NOTIFY, as any other failure.</summary>
    /// <param name="isAttended">A person sees it at once: nobody else is told of a typing error.</param>
    public static async Task TellAsync(
        Type buildType, CommandLineError wrong, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, bool isAttended)
    {
        var mask = new SecretMask();
        foreach (var secret in CommandLineSources.SecretsIn(BuildSurface.Of(buildType), environment))
            mask.Add(secret);
        await Console.Error.WriteLineAsync(mask.Clean(wrong.ToException().Message));
        var report = ReportTexts.Map(Report(wrong, arguments), mask.Clean);
        StandardOutput.Fail(ExitStatus.WrongUse, report.Error!.What, report.Error.Why, report.Error.Next);
        var destinations = ReportDestinations.From(environment.GetValueOrDefault, Console.Out, reportPath: null, mask);
        var problems = (await ReportPublisher.PublishAsync(report, destinations, CancellationToken.None))
            .Concat(isAttended ? [] : await NotifyAsync(report, environment));
        foreach (var problem in problems)
            await Console.Error.WriteLineAsync(mask.Clean(problem));
    }

    private static async Task<IEnumerable<string>> NotifyAsync(OperationReport report, IReadOnlyDictionary<string, string> environment)
    {
        if (environment.GetValueOrDefault("NOTIFY") is not { Length: > 0 } text)
            return [];
        try
        {
            using var notifications = new Notifications(
                NotifierAddress.ParseAll(text), new NoticeOrigin(environment.GetValueOrDefault("PROFILE"), RunAddress: null), onSuccess: false, TimeProvider.System);
            return await notifications.EndAsync(report, CancellationToken.None);
        }
        catch (RelayOpsException wrong)
        {
            return [wrong.Message];
        }
    }

    private static OperationReport Report(CommandLineError wrong, IReadOnlyList<string> arguments)
    {
        var operation = arguments.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "Run";
        return new OperationReport
        {
            Operation = operation,
            StartedAt = TimeProvider.System.GetUtcNow(),
            Seconds = 0,
            ExitStatus = (int)ExitStatus.WrongUse,
            Verdict = $"{operation} was refused: {wrong.What}",
            Error = new ReportedError(wrong.What, wrong.Why, wrong.Next),
        };
    }
}
