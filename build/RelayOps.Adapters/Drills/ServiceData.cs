namespace RelayOps.Adapters.Drills;

/// <summary>A dataset for a Redis that will write: what others load from stays as it was in the archive.</summary>
internal static class ServiceData
{
    /// <summary>Dumps are replaced and never written to, so a link does. An append-only file is written on, so it is copied.</summary>
    public static void Lay(string source, string destination)
    {
        Directory.CreateDirectory(destination);
        foreach (var directory in new DirectoryInfo(source).EnumerateDirectories())
            Lay(directory.FullName, Path.Combine(destination, directory.Name));
        foreach (var file in new DirectoryInfo(source).EnumerateFiles())
        {
            var path = Path.Combine(destination, file.Name);
            var target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
            if (file.Extension == ".rdb")
                File.CreateSymbolicLink(path, target);
            else
                File.Copy(target, path);
        }
    }
}
