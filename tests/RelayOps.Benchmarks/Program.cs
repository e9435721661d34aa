System.Console.WriteLine("benchmarks: backup, rdb");
