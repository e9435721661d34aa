using System.Diagnostics;
using System.Text;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <summary>The watch itself: a watch that finds nothing proves nothing, unless it is known to find.</summary>
public sealed class ProcessWatchTests
{
    [Fact]
    public async Task UntilEndAsync_finds_a_secret_in_an_argument_an_environment_and_a_file_however_deep()
    {
        var start = new ProcessStartInfo("sh", ["-c", "sleep 2; :", "sh", "canary-argument"]) { Environment = { ["GIVEN"] = "canary-environment" } };
        using var run = Process.Start(start)!;
        var directory = Directory.CreateTempSubdirectory($"relayops-watched-{run.Id}-").FullName;
        try
        {
            var deeper = Directory.CreateDirectory(Path.Combine(directory, "private-keys-v1.d")).FullName;
            await File.WriteAllTextAsync(Path.Combine(directory, "identity"), "canary-identity");
            await File.WriteAllTextAsync(Path.Combine(deeper, "identity"), "canary-identity");
            await File.WriteAllBytesAsync(Path.Combine(deeper, "kept.key"), [1, 0xC3, 0xFF, 0]);
            await File.WriteAllBytesAsync(Path.Combine(deeper, "other.key"), [1, 0xC3, 0xFF, 0]);
            await File.WriteAllBytesAsync(Path.Combine(deeper, "passphrase"), Encoding.UTF8.GetBytes("canary ñ\n"));

            var watch = await ProcessWatch.UntilEndAsync(run.Id,
            [
                new WatchedSecret("canary-argument", "sleep", "2"),
                new WatchedSecret("canary-environment"),
                new WatchedSecret("canary ñ"),
                new WatchedSecret("canary-identity") { KeptIn = ["identity"] },
                WatchedSecret.Of([0xC3, 0xFF], "private-keys-v1.d/kept.key"),
            ], new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);

            Assert.True(watch.SawTool);
            Assert.Equal(new[] { "sh\0-c\0sleep 2; :\0sh\0canary-argument\0", "sleep\0" + "2\0", Path.Combine(deeper, "identity"), Path.Combine(deeper, "other.key"), Path.Combine(deeper, "passphrase") }.Order(StringComparer.Ordinal),
                watch.Leaks.Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
