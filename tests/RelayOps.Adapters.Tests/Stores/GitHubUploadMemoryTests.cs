using System.Diagnostics;
using System.Globalization;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>What is promised of memory, measured from outside: by the peak of a process that does nothing but upload.</summary>
public sealed class GitHubUploadMemoryTests : IDisposable
{
    private const long Size = 1L << 30;

    /// <summary>Of as many zeroes.</summary>
    private const string Sha256 = "49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14";

    private readonly FakeGitHub github = new() { KeepsContent = false };
    private readonly TemporaryDirectory here = new();

    public void Dispose()
    {
        here.Dispose();
        github.Dispose();
    }

    [Fact]
    public async Task PutAsync_sends_one_asset_of_a_gigabyte_within_150_megabytes_of_memory()
    {
        var record = GitHubRecords.Of(BackupId.Get("20250805_142530"), []) with { SizeBytes = Size, Sha256 = Sha256 };
        await using (var archive = File.Create(here[record.Archive]))
            archive.SetLength(Size);
        await File.WriteAllBytesAsync(here["claude-relay-backup-20250805_142530.json"], CatalogueJson.Write(record));

        var peak = await UploadAsync();

        var asset = Assert.Single(Assert.Single(github.Releases).Assets, asset => asset.Name == record.Archive);
        Assert.Equal((Size, "sha256:" + Sha256), (asset.Size, asset.Digest));
        Assert.Single(github.Requests, request => request.EndsWith($"?name={record.Archive}", StringComparison.Ordinal));
        // Less than a bare runtime takes would be no measurement.
        Assert.InRange(peak, 20_000_000, 150_000_000);
    }

    /// <returns>Bytes.</returns>
    private async Task<long> UploadAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(UploadProgram).Assembly.Location, github.Url.ToString(), here.Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GITHUB_TOKEN"] = github.Token },
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return long.Parse(output, CultureInfo.InvariantCulture);
    }
}
