using System.Collections.Immutable;
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

    private KeyValuePair<string, string>[]? hostKeys;

    public string Program { get; init; } = "rclone";

    /// <summary>Everything it prints, which must be short.</summary>
    /// <param name="input">Its standard input; null for none.</param>
    public async Task<RcloneResult> RunAsync(IReadOnlyList<string> arguments, Stream? input, CancellationToken cancellationToken)
    {
        using var process = await StartAsync(arguments, cancellationToken);
        return await EndAsync(process, input, cancellationToken);
    }

    /// <exception cref="RelayOpsException">It is not installed (<see cref="ExitStatus.WrongUse"/>).</exception>
    public async Task<Process> StartAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        hostKeys ??= await FindHostKeysAsync(cancellationToken);
        return Start([.. arguments, .. Common], [.. hostKeys, .. remote.Environment]);
    }

    private async Task<KeyValuePair<string, string>[]> FindHostKeysAsync(CancellationToken cancellationToken)
    {
        using var process = Start(["config", "dump", "--ask-password=false"], []);
        return [.. RcloneHostKeys.Of((await EndAsync(process, input: null, cancellationToken)).Output, Environment.GetEnvironmentVariable)];
    }

    private static async Task<RcloneResult> EndAsync(Process process, Stream? input, CancellationToken cancellationToken)
    {
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            await FeedAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new RcloneResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(ImmutableArray<string> arguments, ImmutableArray<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
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
        RcloneHostKeys.AreMissing(error) ? "compare the server's fingerprint with what its owner says, and add its key to ~/.ssh/known_hosts, or name another list as known_hosts_file in rclone's configuration"
            : $"try it by hand: rclone lsf {remote.Shown}", status is 1 or 7 && error.Contains("didn't find section in config file", StringComparison.Ordinal) ? ExitStatus.WrongUse : ExitStatus.NoConnection);

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

}
