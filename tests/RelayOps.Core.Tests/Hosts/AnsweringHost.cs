using RelayOps.Core.Hosts;

namespace RelayOps.Core.Tests.Hosts;

/// <summary>Answers commands as a test wants them answered, and remembers them; one without an answer fails.</summary>
internal sealed class AnsweringHost(Func<HostCommand, string?> answer) : IHost
{
    public string Name => "relay";

    public List<HostCommand> Commands { get; } = [];

    public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        Commands.Add(command);
        return Task.FromResult(answer(command) is { } said ? new CommandResult(new CommandExit(0, null, ""), said) : new CommandResult(new CommandExit(1, null, "no"), ""));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
