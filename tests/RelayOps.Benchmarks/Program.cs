using RelayOps.Benchmarks;

// Arguments: the file the table goes to; then, if not all are wanted, backup or rdb.
var path = args.Length > 0 ? args[0] : "benchmark.md";
var wanted = args.Length > 1 ? args[1..] : ["rdb", "backup"];
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
await using (var table = new StreamWriter(path))
{
    if (wanted.Contains("backup"))
        await BackupBenchmark.RunAsync(table, CancellationToken.None);
    if (wanted.Contains("rdb"))
        await RdbBenchmark.RunAsync([]);
}

Console.WriteLine(await File.ReadAllTextAsync(path));
