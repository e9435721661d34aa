using System.Collections.Immutable;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Rehearsal;

/// <summary>One part of the pipeline, as it runs against a server too.</summary>
/// <param name="Name">In the operator's words, e.g. <c>restore</c>.</param>
public sealed record RehearsalStep(string Name, Func<CancellationToken, Task> RunAsync);

/// <summary>Runs the steps of a rehearsal one after the other and remembers what each took.</summary>
public sealed class RehearseOperation(IReporter reporter, TimeProvider time)
{
    /// <summary>As far as they came.</summary>
    public ImmutableArray<ReportedStep> Done { get; private set; } = [];

    /// <exception cref="RelayOpsException">A step failed: it says which.</exception>
    public async Task RunAsync(IReadOnlyList<RehearsalStep> steps, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= steps.Count; number++)
        {
            var step = steps[number - 1];
            reporter.Note($"step {number} of {steps.Count}: {step.Name}");
            var began = time.GetTimestamp();
            try
            {
                await step.RunAsync(cancellationToken);
            }
            catch (RelayOpsException exception)
            {
                throw new RelayOpsException($"the rehearsal failed at '{step.Name}': {exception.What}", exception.Why, exception.Next, exception.Status, exception);
            }

            Done = Done.Add(new ReportedStep(step.Name, Math.Round(time.GetElapsedTime(began).TotalSeconds, 3)));
        }
    }
}
