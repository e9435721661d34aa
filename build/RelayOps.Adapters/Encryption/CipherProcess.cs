using System.ComponentModel;
using System.Diagnostics;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core;

namespace RelayOps.Adapters.Encryption;

/// <summary>How an encryption tool is called.</summary>
internal sealed record CipherCommand
{
    /// <summary>Its name or path.</summary>
    public required string Program { get; init; }

    /// <summary>Never a secret: everybody on the machine may read them.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>What the tool reads before the data, such as a passphrase in a line of its own.</summary>
    public ReadOnlyMemory<byte> Preamble { get; init; }

    /// <summary>Beside what the tool inherits; no secrets either.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Removed when the tool has ended.</summary>
    public IAsyncDisposable? Belongings { get; init; }

    /// <summary>For a tool that asks on one; put away when the tool has ended.</summary>
    public PseudoTerminal? Terminal { get; init; }
}

/// <summary>A running encryption tool with pipes. Disposing it ends the tool and removes what it needed.</summary>
internal sealed class CipherProcess : IAsyncDisposable
{
    /// <summary>What a shell ends with.</summary>
    private const int NotFound = 127;

    private readonly CipherCommand command;
    private readonly Process process;
    private readonly ErrorTail errors;
    private bool disposed;

    private CipherProcess(CipherCommand command, Process process)
    {
        this.command = command;
        this.process = process;
        errors = new ErrorTail(process.StandardError.BaseStream);
    }

    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    public ReadOnlyMemory<byte> Preamble => command.Preamble;

    /// <exception cref="RelayOpsException">It is not installed.</exception>
    public static CipherProcess Start(CipherCommand command)
    {
        var (program, arguments) = command.Terminal?.Around(command.Program, command.Arguments) ?? (command.Program, command.Arguments);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Its messages are shown and looked into: in one language, whatever the operator's is.
            Environment = { ["LC_ALL"] = "C" },
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        try
        {
            return new CipherProcess(command, Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            command.Terminal?.Dispose();
            throw Missing(program, exception);
        }
    }

    private static RelayOpsException Missing(string program, Exception? inner = null) => new(
        $"cannot use {program}", $"no program '{program}' was found", $"install it (apt-get install {Package(program)})", ExitStatus.WrongUse, inner);

    private static string Package(string program) => program switch { "age" => "age", "ssh-keygen" => "openssh-client", "setsid" => "util-linux", _ => "gnupg" };

    /// <summary>Waits for the tool's end.</summary>
    /// <returns>Null when it succeeded, else what it said.</returns>
    /// <exception cref="RelayOpsException">It is not installed, which a shell has to tell where the tool has a terminal.</exception>
    public async Task<string?> FindFailureAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        await errors.Ended;
        if (command.Terminal is not null && process.ExitCode == NotFound)
            throw Missing(command.Program);
        return process.ExitCode == 0 ? null : ToolMessage.Of(errors.ToString());
    }

    public void Kill()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended, and been disposed of, in the meantime.
        }
    }

    /// <summary>Ends the tool's input, which it may have stopped reading.</summary>
    public async Task CloseInputAsync()
    {
        try
        {
            await process.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // The tool is gone; there was nothing more to say to it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        if (!process.HasExited)
            Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        if (command.Belongings is { } belongings)
            await belongings.DisposeAsync();
        command.Terminal?.Dispose();
    }
}
