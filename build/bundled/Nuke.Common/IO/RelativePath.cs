namespace Nuke.Common.IO;

/// <summary>A path that still needs a directory to start from.</summary>
public class RelativePath
{
    private readonly string _path;

    internal RelativePath(string path) => _path = path;

    public static implicit operator string(RelativePath path) => path?._path;

    public override string ToString() => _path;
}
