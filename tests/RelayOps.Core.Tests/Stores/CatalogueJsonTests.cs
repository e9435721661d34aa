using System.Text;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Tests.Stores;

public sealed class CatalogueJsonTests
{
    private static readonly CatalogueRecord Record = new MemoryStore("local").Add("20250805_142530").Record!;

    [Fact]
    public void Read_returns_what_was_written()
    {
        var record = Record with { Warnings = ["a log file shrank"], Pinned = true, VerifiedAt = DateTimeOffset.UnixEpoch, Encryption = "age" };

        var read = CatalogueJson.Read(CatalogueJson.Write(record));

        Assert.Equal(record, read with { Warnings = record.Warnings });
        Assert.Equal(record.Warnings.AsEnumerable(), read.Warnings.AsEnumerable());
    }

    [Fact]
    public void Write_is_indented_camel_case_with_levels_by_name_and_a_last_newline()
    {
        var text = Encoding.UTF8.GetString(CatalogueJson.Write(Record));

        Assert.StartsWith("{\n  \"format\": 1,\n  \"backupId\": \"20250805_142530\",\n", text, StringComparison.Ordinal);
        Assert.Contains("\"verified\": \"deep\"", text, StringComparison.Ordinal);
        Assert.EndsWith("\n}\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"sha256\": \"bbbb", "\"sha256\": \"BBBB")]
    [InlineData("\"sizeBytes\": 1200000", "\"sizeBytes\": -1")]
    [InlineData("\"backupId\": \"20250805_142530\"", "\"backupId\": \"../../etc\"")]
    [InlineData("\"verified\": \"deep\"", "\"verified\": \"very\"")]
    [InlineData("\"archive\": \"claude", "\"archive\": null, \"was\": \"claude")]
    [InlineData("\"server\": {", "\"server\": null, \"was\": {")]
    [InlineData("\"format\": 1", "\"format\": 0")]
    public void Read_refuses_a_record_that_cannot_be(string whole, string damaged)
    {
        var text = Encoding.UTF8.GetString(CatalogueJson.Write(Record));
        Assert.Contains(whole, text, StringComparison.Ordinal);

        var error = Assert.Throws<RelayOpsException>(() =>
            CatalogueJson.Read(Encoding.UTF8.GetBytes(text.Replace(whole, damaged, StringComparison.Ordinal))));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    [Fact]
    public void Read_says_that_a_newer_version_wrote_it()
    {
        var error = Assert.Throws<RelayOpsException>(() => CatalogueJson.Read(CatalogueJson.Write(Record with { Format = 2 })));

        Assert.Contains("newer", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_takes_a_record_without_warnings_and_ignores_what_it_does_not_know()
    {
        var text = Encoding.UTF8.GetString(CatalogueJson.Write(Record)).Replace("\"warnings\": []", "\"colour\": \"red\"", StringComparison.Ordinal);

        Assert.Empty(CatalogueJson.Read(Encoding.UTF8.GetBytes(text)).Warnings);
    }

    [Fact]
    public void Read_answers_any_damage_with_a_record_or_an_error_of_ours()
    {
        var whole = CatalogueJson.Write(Record with { Warnings = ["a log file shrank"] });
        var random = new Random(10);
        for (var round = 0; round < 10_000; round++)
        {
            var damaged = whole.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var length = random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length;

            var error = Xunit.Record.Exception(() => CatalogueJson.Read(damaged.AsSpan(0, length)));

            Assert.True(error is null or RelayOpsException { Status: ExitStatus.BadBackup }, $"round {round}: {error}");
        }
    }
}
