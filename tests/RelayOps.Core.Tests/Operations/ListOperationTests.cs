using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations;

public sealed class ListOperationTests
{
    private readonly MemoryStore local = new("local");
    private readonly MemoryStore release = new("release");
    private readonly ListOperation operation;

    public ListOperationTests() => operation = new ListOperation(new BackupCatalogue([local, release]),
        new FakeTimeProvider(new DateTimeOffset(2025, 8, 6, 0, 0, 0, TimeSpan.Zero)));

    [Fact]
    public async Task Table_has_a_line_for_each_backup_newest_first()
    {
        local.Add("20250805_142530", pinned: true);
        release.Add("20250805_142530", verified: VerificationLevel.Sealed, extension: ".tar.zst.age");
        local.Add("20250701_000000", hasRecord: false);

        var table = ListOperation.Table(await operation.RunAsync(CancellationToken.None));

        Assert.Equal(
        [
            "id               age   size     store    encrypted  verified  pinned",
            "20250805_142530  9 h   1.20 MB  local    no         deep      yes",
            "20250805_142530  9 h   1.20 MB  release  age        sealed    no",
            "20250701_000000  36 d  1.20 MB  local    no         none      no",
        ], table.AsEnumerable());
    }

    [Fact]
    public async Task Table_says_that_there_is_none() =>
        Assert.Equal(["There is no backup yet."], ListOperation.Table(await operation.RunAsync(CancellationToken.None)).AsEnumerable());

    [Fact]
    public async Task Json_is_one_array_of_the_same()
    {
        local.Add("20250805_142530", pinned: true);
        local.Add("20250701_000000", hasRecord: false);

        using var document = JsonDocument.Parse(ListOperation.Json(await operation.RunAsync(CancellationToken.None)));

        var first = document.RootElement[0];
        Assert.Equal("""{"id":"20250805_142530","ageSeconds":34470,"sizeBytes":1200000,"store":"local","encrypted":null,"verified":"deep","pinned":true}""",
            "{" + string.Join(",", first.EnumerateObject().Take(7).Select(property => $"\"{property.Name}\":{property.Value.GetRawText()}")) + "}");
        Assert.Equal(2, document.RootElement.GetArrayLength());
        Assert.Equal(JsonValueKind.Null, document.RootElement[1].GetProperty("server").ValueKind);
    }

    [Fact]
    public async Task Json_is_an_empty_array_without_backups() =>
        Assert.Equal("[]\n", ListOperation.Json(await operation.RunAsync(CancellationToken.None)));
}
