using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace RelayOps.Adapters.Tests.Stores;

internal sealed class FakeRelease
{
    public long Id { get; set; }

    public required string Tag { get; init; }

    public string Body { get; set; } = "";

    public bool Draft { get; set; } = true;

    public bool Immutable { get; set; }

    public DateTimeOffset CreatedAt { get; init; } = DateTimeOffset.UtcNow;

    public List<FakeAsset> Assets { get; } = [];
}

internal sealed class FakeAsset
{
    public long Id { get; set; }

    public required string Name { get; init; }

    public byte[] Content { get; set; } = [];

    public string State { get; set; } = "uploaded";

    /// <summary>Of content that was weighed and thrown away.</summary>
    public (long Size, string Digest)? Weighed { get; set; }

    public long Size => Weighed?.Size ?? Content.Length;

    public string Digest => Weighed?.Digest ?? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Content));
}

/// <summary>Something that goes wrong with one request.</summary>
/// <param name="Where">Part of method and path.</param>
/// <param name="Do">True when it has answered; false goes on as if nothing were.</param>
internal sealed record Fault(string Where, Func<HttpListenerContext, CancellationToken, Task<bool>> Do)
{
    public static Fault Status(string where, int status, string message, params (string Name, string Value)[] headers) => new(where, (context, _) =>
    {
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        FakeGitHub.Send(context.Response, status, new JsonObject { ["message"] = message });
        return Task.FromResult(true);
    });

    /// <summary>Hears nothing, says nothing, until the client gives up.</summary>
    public static Fault Silence(string where) => new(where, async (_, stop) =>
    {
        await Task.Delay(Timeout.Infinite, stop);
        return true;
    });
}
