using System.Diagnostics;
using System.Globalization;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>An archive as it comes; where the connection breaks it reads on from there.</summary>
internal sealed class RcloneDownload : ReadOnlyStream
{
    private readonly RcloneProgram program;
    private readonly string name;
    private readonly long size;
    private Process? process;
    private ErrorTail? errors;
    private long position;
    private int failures;

    public RcloneDownload(RcloneProgram program, string name, long size)
    {
        this.program = program;
        this.name = name;
        this.size = size;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (position < size && buffer.Length > 0)
        {
            process ??= await OpenAsync(cancellationToken);
            var read = await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken);
            if (read > 0)
            {
                position += read;
                return read;
            }

            await BrokenAsync(cancellationToken);
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            EndProcess();
        base.Dispose(disposing);
    }

    private async Task<Process> OpenAsync(CancellationToken cancellationToken)
    {
        var started = await program.StartAsync(["cat", "--offset", position.ToString(CultureInfo.InvariantCulture), program.PathOf(name)], cancellationToken);
        errors = new ErrorTail(started.StandardError.BaseStream);
        return started;
    }

    /// <exception cref="Core.RelayOpsException">It is gone, or broke off once too often.</exception>
    private async Task BrokenAsync(CancellationToken cancellationToken)
    {
        await process!.WaitForExitAsync(cancellationToken);
        await errors!.Ended;
        var (status, said) = (process.ExitCode, errors.ToString());
        EndProcess();
        if (status is 3 or 4)
            throw RcloneStore.Gone(name);
        if (++failures >= RcloneProgram.Attempts)
            throw program.Failed($"read {name} from", status, said);
    }

    private void EndProcess()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
        process = null;
    }
}
