namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>RFC 8288's header, of which GitHub uses <c>&lt;address&gt;; rel="next"</c>.</summary>
internal static class LinkHeader
{
    public static string? FindNext(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var values)
            ? values.SelectMany(value => value.Split(',')).Where(link => link.Contains("rel=\"next\"", StringComparison.Ordinal))
                .Select(Address).FirstOrDefault()
            : null;

    private static string? Address(string link) =>
        link.IndexOf('<', StringComparison.Ordinal) is var from and >= 0 && link.IndexOf('>', from) is var to and > 0 ? link[(from + 1)..to] : null;
}
