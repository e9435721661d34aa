using System.ComponentModel;
using System.Diagnostics;

namespace RelayOps.Adapters.Drills;

internal static class Programs
{
    /// <summary>What a small program prints, or null when it is missing or fails.</summary>
    public static async Task<string?> FindOutputAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await errors;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            // Not installed: the caller has another way.
            return null;
        }
    }
}
