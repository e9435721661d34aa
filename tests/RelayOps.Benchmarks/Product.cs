namespace RelayOps.Benchmarks;

/// <summary>The built RelayOps that is measured: of the same checkout and the same set of dependencies as this program.</summary>
internal static class Product
{
    public static string Assembly
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            var mode = directory.Name;
            while (!File.Exists(Path.Combine(directory.FullName, "RelayOps.sln")))
                directory = directory.Parent ?? throw new InvalidOperationException("no checkout of RelayOps around this program");
            return Path.Combine(directory.FullName, "build", "bin", mode, "_build.dll");
        }
    }
}
