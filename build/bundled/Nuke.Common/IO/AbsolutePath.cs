using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Nuke.Common.IO;

/// <summary>A rooted, normalized path to a file or directory, which need not exist.</summary>
[TypeConverter(typeof(AbsolutePath.TypeConverter))]
[DebuggerDisplay("{_path}")]
public class AbsolutePath
{
    private readonly string _path;

    private AbsolutePath(string path) => _path = PathConstruction.Normalize(path);

    public string Name => Path.GetFileName(_path);

    public string NameWithoutExtension => Path.GetFileNameWithoutExtension(_path);

    public string Extension => Path.GetExtension(_path);

    /// <summary>Null for a root.</summary>
    public AbsolutePath Parent =>
        _path.TrimEnd('\\') == PathConstruction.RootOf(_path) ? null : this / "..";

    public static implicit operator AbsolutePath(string path)
    {
        if (path is null)
            return null;

        return PathConstruction.HasPathRoot(path) ? new AbsolutePath(path) : throw new ArgumentException($"Path '{path}' must be rooted");
    }

    public static implicit operator string(AbsolutePath path) => path?._path;

    public static AbsolutePath operator /(AbsolutePath left, string right)
    {
        if (string.IsNullOrWhiteSpace(right))
            return left;

        return PathConstruction.HasPathRoot(right)
            ? throw new ArgumentException("Second path must not be rooted")
            : new AbsolutePath(left._path + "/" + right);
    }

    public static AbsolutePath operator /(AbsolutePath left, Range range) =>
        range.Equals(Range.All) ? left.Parent : throw new ArgumentException("Only '..' leads to another path");

    public static AbsolutePath operator +(AbsolutePath left, string right) => new(left._path + right);

    public static bool operator ==(AbsolutePath a, AbsolutePath b) => Equals(a, b);

    public static bool operator !=(AbsolutePath a, AbsolutePath b) => !Equals(a, b);

    public static AbsolutePath Create(string path) => new(path);

    public override bool Equals(object obj) =>
        obj is AbsolutePath other
        && string.Equals(_path, other._path, _path.StartsWith('/') ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => _path.GetHashCode(StringComparison.OrdinalIgnoreCase);

    public override string ToString() => _path;

    /// <summary>A relative path on the command line or in a variable is the caller's.</summary>
    public class TypeConverter : System.ComponentModel.TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext context, Type sourceType) =>
            sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

        public override object ConvertFrom(ITypeDescriptorContext context, CultureInfo culture, object value)
        {
            if (value is not string text)
                return base.ConvertFrom(context, culture, value);

            return PathConstruction.HasPathRoot(text) ? new AbsolutePath(text) : EnvironmentInfo.WorkingDirectory / text;
        }
    }
}
