using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace RelayOps.Core.Redis;

/// <summary>What a file of an append-only directory is for.</summary>
public enum AofFileType
{
    /// <summary>The dataset as it was when the file was begun, usually an RDB.</summary>
    Base,

    /// <summary>The commands since.</summary>
    Increment,

    /// <summary>No longer needed; Redis deletes it when it gets to it.</summary>
    History,
}

/// <param name="Name">A file name without a directory.</param>
/// <param name="Sequence">Above zero; ascending among increments.</param>
/// <param name="Type">What it is for.</param>
public sealed record AofFile(string Name, long Sequence, AofFileType Type);

/// <summary>
/// <c>appendonly.aof.manifest</c>: which files of an append-only directory make up the dataset, in the order in which Redis 7 and later
/// loads them (redis, src/aof.c).
/// </summary>
public sealed record AofManifest(ImmutableArray<AofFile> Files)
{
    private const int LongestLine = 1024;

    public AofFile? Base => Files.FirstOrDefault(file => file.Type == AofFileType.Base);

    public IEnumerable<AofFile> Increments => Files.Where(file => file.Type == AofFileType.Increment);

    /// <summary>What Redis loads, base first.</summary>
    public ImmutableArray<AofFile> Loaded => Base is { } first ? [first, .. Increments] : [.. Increments];

    public static string FileName(string appendFileName) => appendFileName + ".manifest";

    /// <summary>A directory that holds a snapshot and nothing else: one base in RDB form.</summary>
    public static AofManifest OfSnapshot(string appendFileName) => new([new AofFile(appendFileName + ".1.base.rdb", 1, AofFileType.Base)]);

    /// <exception cref="RelayOpsException">Redis would not start with it.</exception>
    public static AofManifest Parse(string text)
    {
        var files = ImmutableArray.CreateBuilder<AofFile>();
        var lines = text.Split('\n');
        if (lines[^1].Trim().Length > 0)
            throw Damage(lines.Length, "the last line is cut off");
        for (var i = 0; i < lines.Length - 1; i++)
            if (!lines[i].StartsWith('#'))
                files.Add(ParseLine(i + 1, lines[i]));
        var manifest = new AofManifest(files.ToImmutable());
        return manifest.FindFlaw() is { } flaw ? throw Damage(null, flaw) : manifest;
    }

    /// <summary>As Redis writes it.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var file in Files)
            text.Append(CultureInfo.InvariantCulture, $"file {Quote(file.Name)} seq {file.Sequence} type {Letter(file.Type)}\n");
        return text.ToString();
    }

    /// <summary>Redis forgives a torn tail in the file that it loads last, and in no other.</summary>
    public bool MayBeTorn(string name) => Loaded is [.., var last] && last.Name == name;

    public bool Equals(AofManifest? other) => other is not null && Files.SequenceEqual(other.Files);

    public override int GetHashCode() => Files.Length;

    private string? FindFlaw()
    {
        if (Files.Length == 0)
            return "it names no file";
        if (Files.Count(file => file.Type == AofFileType.Base) > 1)
            return "it names two base files";
        long last = 0;
        foreach (var increment in Increments)
        {
            if (increment.Sequence <= last)
                return "its increments are out of order";
            last = increment.Sequence;
        }

        return null;
    }

    private static AofFile ParseLine(int number, string line)
    {
        if (line.Length >= LongestLine)
            throw Damage(number, "the line is too long");
        var words = Words(number, line.Trim());
        if (words.Count < 6 || words.Count % 2 != 0)
            throw Damage(number, "it is not made of a name, a sequence and a type");
        var pairs = words.Chunk(2).GroupBy(pair => pair[0].ToLowerInvariant()).ToDictionary(pair => pair.Key, pair => pair.Last()[1]);
        var name = pairs.GetValueOrDefault("file");
        if (name is not { Length: > 0 } || name.Contains('/') || name.Contains('\\') || name is "." or "..")
            throw Damage(number, "it does not name a file of this directory");
        if (!long.TryParse(pairs.GetValueOrDefault("seq"), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) || sequence == 0)
            throw Damage(number, "its sequence is no number above zero");
        return new AofFile(name, sequence, pairs.GetValueOrDefault("type") switch
        {
            "b" => AofFileType.Base,
            "i" => AofFileType.Increment,
            "h" => AofFileType.History,
            _ => throw Damage(number, "its type is none of b, i, h"),
        });
    }

    /// <summary>Blanks between words; a name with blanks is in double quotes, with backslashes before quotes and backslashes.</summary>
    private static List<string> Words(int number, string line)
    {
        var words = new List<string>();
        for (var i = 0; i < line.Length; i++)
        {
            var word = new StringBuilder();
            var isQuoted = line[i] == '"';
            for (i += isQuoted ? 1 : 0; i < line.Length && (isQuoted ? line[i] != '"' : !char.IsWhiteSpace(line[i])); i++)
            {
                if (isQuoted && line[i] == '\\' && i + 1 < line.Length)
                    i++;
                word.Append(line[i]);
            }

            if (isQuoted && i++ >= line.Length)
                throw Damage(number, "a quote is not closed");
            while (i + 1 < line.Length && char.IsWhiteSpace(line[i + 1]))
                i++;
            words.Add(word.ToString());
        }

        return words;
    }

    private static string Quote(string name) =>
        name.AsSpan().IndexOfAny(" \"\\\t") < 0 ? name : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static char Letter(AofFileType type) => type switch
    {
        AofFileType.Base => 'b',
        AofFileType.Increment => 'i',
        _ => 'h',
    };

    private static RelayOpsException Damage(int? line, string why) => new(
        "the manifest of the append-only directory is damaged", line is null ? why : $"line {line}: {why}",
        "use another backup; redis would not start with this one", ExitStatus.BadBackup);
}
