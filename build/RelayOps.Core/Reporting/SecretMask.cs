using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace RelayOps.Core.Reporting;

/// <summary>Replaces secrets, and the forms that programs commonly print them in, by <c>***</c>. Thread-safe.</summary>
/// <remarks>
/// Every text that leaves the process passes through here. A CI runner's own masking is not relied on: it knows only what it was given as a
/// secret, and telling it more (<c>::add-mask::</c>) means printing the secret to whatever reads our output.
/// </remarks>
public sealed class SecretMask
{
    public const string Mask = "***";

    /// <summary>What is shorter hides nothing and would riddle every text.</summary>
    public const int ShortestSecret = 3;

    private const int ShortestLine = 8;

    private ImmutableArray<string> forms = [];

    public void Add(string? secret)
    {
        if (secret?.Trim() is { Length: >= ShortestSecret } trimmed)
            ImmutableInterlocked.Update(ref forms, Merge, Forms(secret).Concat(Forms(trimmed)));
    }

    public string Apply(string text)
    {
        var current = forms;
        foreach (var form in current)
        {
            // Contains first: nearly every text has none, and then nothing is copied.
            if (text.Contains(form, StringComparison.Ordinal))
                text = text.Replace(form, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Masked and neutralised, see <see cref="Neutral"/>: what any text needs before it is shown.</summary>
    /// <remarks>Masked on both sides of neutralising: either could otherwise hide a secret from the other.</remarks>
    public string Clean(string text) => Apply(Neutral.Text(Apply(text)));

    /// <summary>The longest first, so that no form is broken up by one that is part of it.</summary>
    private static ImmutableArray<string> Merge(ImmutableArray<string> known, IEnumerable<string> added) =>
        [.. known.Union(added.Where(form => form.Length >= ShortestSecret)).OrderByDescending(form => form.Length).ThenBy(form => form, StringComparer.Ordinal)];

    private static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return WebUtility.UrlEncode(secret);
        yield return JavaScriptEncoder.Default.Encode(secret);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret);
        foreach (var form in Base64Forms(secret))
            yield return form;
        if (!secret.Contains('\n', StringComparison.Ordinal))
            yield break;

        // A key's text, line by line; its armour is no secret.
        foreach (var line in secret.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.Length >= ShortestLine && !line.StartsWith("-----", StringComparison.Ordinal))
                yield return line;
        }
    }

    /// <summary>Also as a part of something longer (<c>user:password</c>): at each of the three alignments, without the characters that its neighbours share.</summary>
    private static IEnumerable<string> Base64Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var whole = Convert.ToBase64String(bytes);
        yield return whole;
        yield return whole.TrimEnd('=');
        if (bytes.Length < ShortestLine)
            yield break;
        for (var shift = 0; shift < 3; shift++)
        {
            var shifted = Convert.ToBase64String([.. new byte[shift], .. bytes]);
            var start = shift == 0 ? 0 : shift + 1;
            var end = (shift + bytes.Length) * 8 / 6;
            var core = shifted[start..end];
            yield return core;
            yield return core.Replace('+', '-').Replace('/', '_');
        }
    }
}
