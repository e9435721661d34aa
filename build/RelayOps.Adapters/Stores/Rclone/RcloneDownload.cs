using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>An archive as it comes, from one file or from several in their order; where the connection breaks it reads on from there.</summary>
internal sealed class RcloneDownload : ReadOnlyStream
{
    private readonly RcloneProgram program;
    private readonly string archive;
    private readonly ImmutableArray<RcloneFile> files;
    private int current;
    private Process? process;
    private ErrorTail? errors;
    private long position;
    private int failures;

    public RcloneDownload(RcloneProgram program, string archive, ImmutableArray<RcloneFile> files)
    {
        this.program = program;
        this.archive = archive;
        this.files = files;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (current < files.Length && buffer.Length > 0)
        {
            if (position >= files[current].Size)
            {
                EndProcess();
                (current, position) = (current + 1, 0);
                continue;
            }

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
        var started = await program.StartAsync(["cat", "--offset", position.ToString(CultureInfo.InvariantCulture), program.PathOf(files[current].Name)], cancellationToken);
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
            throw RcloneStore.Gone(archive);
        if (++failures >= RcloneProgram.Attempts)
            throw program.Failed($"read {files[current].Name} from", status, said);
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
