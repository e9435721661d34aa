namespace RelayOps.Testing.Ssh;

/// <summary>A directory below the system's temporary one, open for other users to read, removed on disposal.</summary>
public sealed class TestDirectory : IDisposable
{
    private TestDirectory(string path) => Path = path;

    public string Path { get; }

    public static TestDirectory Create(string prefix)
    {
        var path = Directory.CreateTempSubdirectory(prefix).FullName;
        // sshd reads authorized_keys as the user who logs in.
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return new TestDirectory(path);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
