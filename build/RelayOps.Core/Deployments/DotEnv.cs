using System.Collections.Immutable;
using System.Text;

namespace RelayOps.Core.Deployments;

/// <summary>
/// A <c>.env</c> file read by docker compose's rules (compose-go, dotenv): <c>export</c>, single and double quotes, escapes in
/// double ones, comments. Variables inside values are left as they stand. What cannot be read is skipped and its line told, never its text.
/// </summary>
/// <param name="Values">The last value of each name.</param>
/// <param name="BadLines">Numbers of lines that compose would refuse, from 1.</param>
public sealed record DotEnv(ImmutableDictionary<string, string> Values, ImmutableArray<int> BadLines)
{
    private const int ShortestSecret = 8;

    private static readonly ImmutableArray<string> SecretNames = ["SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "KEY"];

    /// <summary>The value, or null where it is missing or empty: to the service both are the same.</summary>
    public string? Find(string name) => Values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public static DotEnv Parse(string text) => new Reader(text.Replace("\r\n", "\n", StringComparison.Ordinal)).Read();

    /// <summary>What must never be shown: values whose names say so. A shorter one is some word that other texts have too.</summary>
    /// <param name="shown">Names that have to be shown and read by others: what is a part of one cannot be hidden.</param>
    public IEnumerable<string> SecretsBeside(IReadOnlyCollection<string> shown) => Values
        .Where(pair => pair.Value.Length >= ShortestSecret && SecretNames.Any(end => pair.Key.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
        .Select(pair => pair.Value).Where(secret => !shown.Any(name => name.Contains(secret, StringComparison.Ordinal)));

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => $"{nameof(DotEnv)} with {Values.Count} names";

    private sealed class Reader(string text)
    {
        private readonly ImmutableDictionary<string, string>.Builder values = ImmutableDictionary.CreateBuilder<string, string>();
        private readonly ImmutableArray<int>.Builder bad = ImmutableArray.CreateBuilder<int>();
        private int at = text.StartsWith('\uFEFF') ? 1 : 0;
        private int line = 1;

        public DotEnv Read()
        {
            while (at < text.Length)
            {
                var begun = line;
                if (!ReadLine() && (bad.Count == 0 || bad[^1] != begun))
                    bad.Add(begun);
                SkipLine();
            }

            return new DotEnv(values.ToImmutable(), bad.ToImmutable());
        }

        /// <summary>False when the line is neither an assignment nor nothing.</summary>
        private bool ReadLine()
        {
            SkipBlanks();
            if (AtLineEnd() || text[at] == '#')
                return true;
            var name = Name();
            if (name == "export" && at < text.Length && text[at] is ' ' or '\t')
            {
                SkipBlanks();
                name = Name();
            }

            SkipBlanks();
            if (name.Length == 0)
                return false;
            // A name alone takes its value from the environment, which is none of the file's.
            if (AtLineEnd() || text[at] == '#')
                return true;
            if (text[at] is not ('=' or ':'))
                return false;
            at++;
            SkipBlanks();
            var value = Value();
            if (value is null)
                return false;
            values[name] = value;
            return true;
        }

        private string Name()
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' or '-' or '[' or ']'))
                at++;
            return text[start..at];
        }

        private string? Value()
        {
            if (AtLineEnd())
                return "";
            return text[at] switch
            {
                '\'' => Single(),
                '"' => Double(),
                _ => Plain(),
            };
        }

        /// <summary>To the end of the line, or to a <c>#</c> behind a blank.</summary>
        private string Plain()
        {
            var start = at;
            while (!AtLineEnd() && !(text[at] == '#' && (at == start || text[at - 1] is ' ' or '\t')))
                at++;
            return text[start..at].TrimEnd();
        }

        private string? Single()
        {
            var end = text.IndexOf('\'', at + 1);
            if (end < 0)
                return null;
            var value = text[(at + 1)..end];
            Advance(end + 1);
            return value;
        }

        private string? Double()
        {
            var value = new StringBuilder();
            for (var i = at + 1; i < text.Length; i++)
            {
                if (text[i] == '"')
                {
                    Advance(i + 1);
                    return value.ToString();
                }

                if (text[i] == '\\' && i + 1 < text.Length)
                    Unescape(text[++i], value);
                else
                    value.Append(text[i]);
            }

            return null;
        }

        private static void Unescape(char escaped, StringBuilder value) => _ = escaped switch
        {
            'n' => value.Append('\n'),
            'r' => value.Append('\r'),
            't' => value.Append('\t'),
            '\\' or '"' or '$' => value.Append(escaped),
            _ => value.Append('\\').Append(escaped),
        };

        private void Advance(int to)
        {
            line += text.AsSpan(at, to - at).Count('\n');
            at = to;
        }

        private bool AtLineEnd() => at >= text.Length || text[at] == '\n';

        private void SkipBlanks()
        {
            while (at < text.Length && text[at] is ' ' or '\t' or '\r')
                at++;
        }

        private void SkipLine()
        {
            var end = text.IndexOf('\n', at);
            Advance(end < 0 ? text.Length : end + 1);
        }
    }
}
