using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using RelayOps.Testing;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>
/// A GitHub of the tests' own behind <c>prism proxy --errors</c> with GitHub's own description: a request or an answer that leaves the
/// description becomes an error. See <c>tests/workflows/prism.mjs</c> for what that cannot hold.
/// </summary>
public sealed class DescribedGitHub : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> violations = new();
    private Process prism = null!;
    private Task listening = null!;

    internal FakeGitHub Server { get; } = new();

    /// <summary>Fails with all that prism objected to.</summary>
    internal void RequireNoViolations() => Assert.True(violations.IsEmpty, string.Join('\n', violations));

    public async Task InitializeAsync()
    {
        await NodePackages.EnsureAsync(CancellationToken.None);
        prism = Process.Start(new ProcessStartInfo("node", ["prism.mjs", Server.Url.ToString()])
        {
            WorkingDirectory = NodePackages.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var first = await prism.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("prism did not start");
        Server.PublicUrl = new Uri((string)JsonNode.Parse(first)!["listening"]!);
        listening = ListenAsync();
    }

    /// <summary>Empties the server for the next test.</summary>
    internal FakeGitHub Anew()
    {
        Server.Forget();
        violations.Clear();
        return Server;
    }

    public async Task DisposeAsync()
    {
        prism.StandardInput.Close();
        await prism.WaitForExitAsync();
        await listening;
        prism.Dispose();
        Server.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await prism.StandardOutput.ReadLineAsync() is { } line)
            violations.Enqueue(line);
    }
}

/// <summary>Prism is started once.</summary>
[CollectionDefinition(Name)]
public sealed class ByDescription : ICollectionFixture<DescribedGitHub>
{
    public const string Name = "GitHub by its own description";
}
