using System.Collections.Immutable;
using System.Diagnostics;

namespace RelayOps.Testing.Processes;

/// <summary>
/// A shell script that starts something, says <c>ready</c>, and puts everything away when its standard input ends:
/// when this object is disposed, and just as well when the test process is killed.
/// </summary>
/// <remarks>It runs in a session of its own, so that a Ctrl-C or a kill of the whole process group does not reach it.</remarks>
internal sealed class Guard : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> error;
    private readonly string name;

    private Guard(Process process, string name)
    {
        this.process = process;
        this.name = name;
        error = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public static async Task<Guard> StartAsync(string scriptName, ImmutableArray<string> arguments, bool asRoot, CancellationToken cancellationToken)
    {
        var command = new ShellCommand("setsid", ["--wait", "sh", "-c", Resource.Text(scriptName), scriptName, .. arguments]) { AsRoot = asRoot };
        var process = Process.Start(Shell.StartInfo(command)) ?? throw new InvalidOperationException("setsid did not start");
        var guard = new Guard(process, scriptName);
        string? said = null;
        try
        {
            said = await process.StandardOutput.ReadLineAsync(cancellationToken);
        }
        finally
        {
            if (said != "ready")
                await guard.EndAsync();
        }

        return said == "ready"
            ? guard
            : throw new InvalidOperationException($"{scriptName} did not become ready: {said} {await guard.error}");
    }

    /// <summary>Ends the script's input and waits until it has put everything away.</summary>
    /// <exception cref="InvalidOperationException">Something could not be put away.</exception>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{name} could not put everything away (status {process.ExitCode}): {await error}");
        process.Dispose();
    }

    private async Task EndAsync()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already; its status tells.
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
    }
}
