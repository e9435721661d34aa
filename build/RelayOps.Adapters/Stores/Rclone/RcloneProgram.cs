using System.ComponentModel;
using System.Diagnostics;
using RelayOps.Adapters.Encryption;
using RelayOps.Core;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>How a run of rclone ended.</summary>
/// <param name="Status">Source: rclone's "List of exit codes"; 3 and 4 are a directory and a file that are not there.</param>
internal sealed record RcloneResult(int Status, string Output, string Error)
{
    public bool Succeeded => Status == 0;

    public bool IsMissing => Status is 3 or 4;
}

/// <summary>The system's rclone, with the operator's own configuration: RelayOps reads and writes no credentials there.</summary>
internal sealed class RcloneProgram(RcloneRemote remote)
{
    /// <summary>How often anything is begun, by rclone itself where it can; beyond that an error is told.</summary>
    public const int Attempts = 3;

    private static readonly string[] Common = ["--retries", $"{Attempts}", "--low-level-retries", "5", "--contimeout", "15s", "--timeout", "60s", "--stats", "0", "--log-level", "ERROR"];

    public string Program { get; init; } = "rclone";

    /// <summary>Everything it prints, which must be short.</summary>
    /// <param name="input">Its standard input; null for none.</param>
    public async Task<RcloneResult> RunAsync(IReadOnlyList<string> arguments, Stream? input, CancellationToken cancellationToken)
    {
        using var process = Start(arguments);
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            await FeedAsync(process, input, cancellationToken);
            var result = new RcloneResult(await EndAsync(process, cancellationToken), await output, await error);
            return result;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <exception cref="RelayOpsException">It is not installed (<see cref="ExitStatus.WrongUse"/>).</exception>
    public Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Program, [.. arguments, .. Common]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in remote.Environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new RelayOpsException("cannot use rclone", $"no program '{Program}' was found", "install it (apt-get install rclone), or leave this store out",
                ExitStatus.WrongUse, e);
        }
    }

    /// <summary>For rclone.</summary>
    public string PathOf(string name) => Join(remote.Argument, name);

    /// <summary>For people.</summary>
    public string ShownPathOf(string name) => Join(remote.Shown, name);

    public RelayOpsException Failed(string what, RcloneResult result) => Failed(what, result.Status, result.Error);

    public RelayOpsException Failed(string what, int status, string error) => new($"cannot {what} store {RcloneStore.Prefix}{remote.Shown}",
        ToolMessage.Of(error) is { Length: > 0 } said ? remote.Clean(said) : $"rclone ended with {status}",
        $"try it by hand: rclone lsf {remote.Shown}", status is 1 or 7 && error.Contains("didn't find section in config file", StringComparison.Ordinal) ? ExitStatus.WrongUse : ExitStatus.NoConnection);

    private static string Join(string directory, string name) => directory.EndsWith(':') || directory.EndsWith('/') ? directory + name : $"{directory}/{name}";

    /// <summary>A tool that ends early has said why.</summary>
    private static async Task FeedAsync(Process process, Stream? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
                await input.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException) when (process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            // Its status and words are the error to tell.
        }
    }

    private static async Task<int> EndAsync(Process process, CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }
}
