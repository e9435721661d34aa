using RelayOps.Adapters.Stores;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary><c>artifacts/report.json</c>, whole or not at all, the owner's alone.</summary>
public static class ReportFile
{
    /// <summary>The JSON schema that every report meets.</summary>
    public static string Schema
    {
        get
        {
            using var stream = typeof(ReportFile).Assembly.GetManifestResourceStream("report.schema.json")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <exception cref="IOException">It cannot be written; a former report is still whole.</exception>
    public static async Task WriteAsync(OperationReport report, string path, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var partial = $"{full}.{Guid.NewGuid():N}.partial";
        try
        {
            await using var file = DurableFiles.CreateLocked(partial, bufferSize: 0);
            await file.WriteAsync(ReportJson.Write(report), cancellationToken);
            File.Move(partial, full, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
