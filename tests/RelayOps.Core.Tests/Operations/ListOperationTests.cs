using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations;

public sealed class ListOperationTests
{
    private readonly MemoryStore local = new("local");
    private readonly MemoryStore release = new("release");
    private readonly ListOperation operation;

    public ListOperationTests() => operation = new ListOperation(new BackupCatalogue([local, release], SilentReporter.Instance),
        new FakeTimeProvider(new DateTimeOffset(2025, 8, 6, 0, 0, 0, TimeSpan.Zero)));

    [Fact]
    public async Task Table_has_a_line_for_each_backup_newest_first()
    {
        local.Add("20250805_142530", pinned: true);
        release.Add("20250805_142530", verified: VerificationLevel.Sealed, extension: ".tar.zst.age");
        local.Add("20250804_000000", verified: VerificationLevel.Drill, drill: new DrillFacts(new DateTimeOffset(2025, 8, 5, 3, 0, 0, TimeSpan.Zero), 12.34));
        local.Add("20250803_000000", verified: VerificationLevel.Drill, drill: new DrillFacts(new DateTimeOffset(2025, 8, 4, 3, 0, 0, TimeSpan.Zero), null));
        local.Add("20250701_000000", hasRecord: false);

        var table = ListOperation.Table(await operation.RunAsync(CancellationToken.None));

        Assert.Equal(
        [
            "id               age   size     store    encrypted  verified  pinned  drilled",
            "20250805_142530  9 h   1.20 MB  local    no         deep      yes     no",
            "20250805_142530  9 h   1.20 MB  release  age        sealed    no      no",
            "20250804_000000  2 d   1.20 MB  local    no         drill     no      2025-08-05, RTO 12 s",
            "20250803_000000  3 d   1.20 MB  local    no         drill     no      2025-08-04, redis alone",
            "20250701_000000  36 d  1.20 MB  local    no         none      no      no",
        ], table.AsEnumerable());
    }

    [Fact]
    public async Task Table_says_that_there_is_none() =>
        Assert.Equal(["There is no backup yet."], ListOperation.Table(await operation.RunAsync(CancellationToken.None)).AsEnumerable());

    [Fact]
    public async Task Json_is_one_array_of_the_same()
    {
        local.Add("20250805_142530", pinned: true, drill: new DrillFacts(new DateTimeOffset(2025, 8, 5, 15, 0, 0, TimeSpan.Zero), 12.34));
        local.Add("20250701_000000", hasRecord: false);

        using var document = JsonDocument.Parse(ListOperation.Json(await operation.RunAsync(CancellationToken.None)));

        var first = document.RootElement[0];
        Assert.Equal("""{"id":"20250805_142530","ageSeconds":34470,"sizeBytes":1200000,"store":"local","encrypted":null,"verified":"deep","pinned":true}""",
            "{" + string.Join(",", first.EnumerateObject().Take(7).Select(property => $"\"{property.Name}\":{property.Value.GetRawText()}")) + "}");
        Assert.Equal(("2025-08-05T15:00:00+00:00", 12.34), (first.GetProperty("drilledAt").GetString(), first.GetProperty("rtoSeconds").GetDouble()));
        Assert.Equal(2, document.RootElement.GetArrayLength());
        Assert.Equal(JsonValueKind.Null, document.RootElement[1].GetProperty("server").ValueKind);
    }

    /// <summary>Now is 34 hours after the second one.</summary>
    [Theory]
    [InlineData("", "05 04 03 01")]
    [InlineData("server=paris.example.org", "05 03 01")]
    [InlineData("server=tokyo.example.org", "04 01")]
    [InlineData("server=oslo.example.org", "01")]
    [InlineData("server=paris", "01")]
    [InlineData("since=122400", "05 04")]
    [InlineData("since=122399", "05")]
    [InlineData("since=1", "")]
    [InlineData("verified=None", "05 04 03 01")]
    [InlineData("verified=Sealed", "05 04")]
    [InlineData("verified=Quick", "05")]
    [InlineData("verified=Deep", "05")]
    [InlineData("verified=Drill", "")]
    [InlineData("pinned", "05 03")]
    [InlineData("pinned verified=Sealed", "05")]
    [InlineData("server=tokyo.example.org pinned", "")]
    [InlineData("server=tokyo.example.org since=172800 verified=Sealed", "04")]
    public async Task RunAsync_lists_what_every_filter_admits(string filters, string days)
    {
        local.Add("20250805_140000", server: "paris", pinned: true);
        local.Add("20250804_140000", server: "tokyo", verified: VerificationLevel.Sealed);
        release.Add("20250803_140000", server: "paris", verified: VerificationLevel.None, pinned: true);
        local.Add("20250801_140000", hasRecord: false);

        var listed = await operation.RunAsync(Filter(filters), CancellationToken.None);

        Assert.Equal(days, string.Join(' ', listed.Select(backup => backup.Id[6..8])));
    }

    private static ListFilter Filter(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[^1]);
        return new ListFilter
        {
            ServerName = words.GetValueOrDefault("server"),
            MaxAge = words.TryGetValue("since", out var seconds) ? TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)) : null,
            Verified = words.TryGetValue("verified", out var level) ? Enum.Parse<VerificationLevel>(level) : VerificationLevel.None,
            OnlyPinned = words.ContainsKey("pinned"),
        };
    }

    [Fact]
    public async Task Json_is_an_empty_array_without_backups() =>
        Assert.Equal("[]\n", ListOperation.Json(await operation.RunAsync(CancellationToken.None)));
}
