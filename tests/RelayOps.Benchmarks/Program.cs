using RelayOps.Benchmarks;
using RelayOps.Testing.Datasets;

// Arguments: the file the table goes to; then, if not all are wanted, which: backup, restore, migrate, keys, rdb; and of which size: 30MB, 1GB.
var path = args.Length > 0 ? args[0] : "benchmark.md";
string[] benchmarks = ["rdb", "backup", "restore", "migrate", "keys"], sizes = ["30MB", "1GB"];
var wanted = args.Skip(1).ToList();
if (wanted.Except(benchmarks).Except(sizes).FirstOrDefault() is { } unknown)
    throw new ArgumentException($"'{unknown}' is none of {string.Join(", ", benchmarks.Concat(sizes))}");
bool Wants(string[] all, string one) => !wanted.Intersect(all).Any() || wanted.Contains(one);
var measured = new[] { ("30 MB", DatasetSize.Small, 5L << 20), ("1 GB", DatasetSize.Large, 200L << 20) }
    .Where(size => Wants(sizes, size.Item1.Replace(" ", "", StringComparison.Ordinal))).ToList();
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
await using (var table = new StreamWriter(path))
{
    if (Wants(benchmarks, "backup"))
        await BackupBenchmark.RunAsync(table, measured, CancellationToken.None);
    if (Wants(benchmarks, "restore"))
        await RestoreBenchmark.RunAsync(table, measured, CancellationToken.None);
    if (Wants(benchmarks, "migrate"))
        await MigrateBenchmark.RunAsync(table, measured, CancellationToken.None);
    if (Wants(benchmarks, "keys"))
        await KeysBenchmark.RunAsync(table, CancellationToken.None);
    if (Wants(benchmarks, "rdb"))
        await RdbBenchmark.RunAsync([]);
}

Console.WriteLine(await File.ReadAllTextAsync(path));
