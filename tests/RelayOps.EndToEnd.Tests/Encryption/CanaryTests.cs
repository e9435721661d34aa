using System.Collections.Immutable;
using RelayOps.Adapters.Tests.Encryption;
using RelayOps.Adapters.Tests.Reporting.Notifications;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <summary>Every secret that a run can be given, all at once, looked for wherever others could find it, for as long as each of the runs lasts.</summary>
public sealed class CanaryTests(CipherKeys keys) : IClassFixture<CipherKeys>, IDisposable
{
    private const string Passphrase = "canary-passphrase-0c4e";

    private const string NextPassphrase = "canary-new-passphrase-91d7";

    private const string Token = "canary-token-5b2f";

    private readonly Receiver _receiver = new();

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    public void Dispose() => _receiver.Dispose();

    [Theory]
    [InlineData("age", "ssh-ed25519", "age-passphrase", "--passphrase")]
    [InlineData("pgp path", "plain.key", "passphrase", "--symmetric")]
    public async Task Backup_Verify_Reencrypt_and_Restore_show_nothing_to_anybody(string kind, string signer, string next, string option)
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["enable-debug-command local"] }, Patience);
        // Large enough for the tools to be met at work.
        await deployment.FillAsync(5_000, 2000, Patience);
        var digest = await deployment.Redis.Cli.RunAsync(["DEBUG", "DIGEST"], Patience);
        var tool = kind == "age" ? "age" : "gpg";
        string[] trusted = ["--trusted-signers", keys.At(signer == "plain.key" ? "plain.asc" : signer + ".pub")];
        string[] store = ["--backup-directory", deployment.Store, .. trusted];

        await RunAsync(deployment, kind, signer, Passphrase, (tool, "--encrypt"), ["Backup", .. deployment.Here, "--encrypt-to", keys.EncryptTo(kind), .. trusted]);
        await RunAsync(deployment, kind, signer, Passphrase, (tool, "--decrypt"), ["Verify", .. store]);
        await RunAsync(deployment, kind, signer, Passphrase, (tool, option), ["Reencrypt", .. store, "--backup-id", "latest", "--encrypt-to", next]);
        await deployment.Redis.Cli.RunAsync(["FLUSHALL"], Patience);
        // What it is locked with from now on; the identity does not open it any more.
        await RunAsync(deployment, kind, signer, NextPassphrase, (tool, "--decrypt"), ["Restore", .. deployment.Here, .. trusted, "--backup-id", "latest", "--confirm", "yes"]);

        Assert.Equal(digest, await deployment.Redis.Cli.RunAsync(["DEBUG", "DIGEST"], Patience));
        Assert.Contains(_receiver.Requests, request => request.Path.Contains(Token, StringComparison.Ordinal));
    }

    private async Task RunAsync(NativeDeployment deployment, string kind, string signer, string passphrase, (string Name, string Option) tool, string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            ["PASSPHRASE"] = passphrase,
            ["NEW_PASSPHRASE"] = NextPassphrase,
            ["IDENTITY"] = keys.Means(kind) is { Identity: { } identity } ? File.Exists(identity) ? await File.ReadAllTextAsync(identity) : identity : "",
            ["SIGN_WITH"] = keys.Text(signer),
            ["NOTIFY"] = $"healthchecks:{_receiver.Url}{Token} slack:{_receiver.Url}services/{Token} {_receiver.Url}hook#{Token}",
        };
        var secrets = SecretsOf(kind, signer, tool);
        await using var process = RelayOpsProcess.Start(environment, [.. arguments, "--notify-on", "always"]);
        var watched = ProcessWatch.UntilEndAsync(process.Id, secrets, Patience);
        var result = await process.WaitAsync();

        Assert.True(result.ExitCode == 0, result.ToString());
        var watch = await watched;
        Assert.True(watch.SawTool, $"{tool} was not met");
        Assert.Empty(watch.Leaks);
        Assert.Empty(ProcessWatch.DirectoriesOf(process.Id));
        string[] written = [deployment.Here[^1], .. Directory.GetFiles(deployment.Store, "*.json")];
        var said = result + string.Concat(written.Select(ProcessWatch.Read)) + string.Concat(_receiver.Requests.Select(request => request.Text));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret.Searched, said, StringComparison.Ordinal));
    }

    /// <summary>Of a key a line that nothing else has, and the number itself that gpg keeps for its agent.</summary>
    private ImmutableArray<WatchedSecret> SecretsOf(string kind, string signer, (string Name, string Option) tool) =>
    [
        new(Passphrase, tool.Name, tool.Option),
        new(NextPassphrase),
        new(Token),
        new(keys.Text(kind == "age" ? "age.key" : "plain.key").Split('\n')[kind == "age" ? 2 : 3]) { KeptIn = ["identity"] },
        new(keys.Text(signer).Split('\n')[3]) { KeptIn = signer == "ssh-ed25519" ? ["key"] : ["identity"] },
        .. Directory.GetFiles(Path.Combine(keys.GnupgHome, "private-keys-v1.d")).Select(NumberOf).OfType<WatchedSecret>(),
    ];

    /// <summary>As gpg keeps one that nothing locks. Source: "keyformat.txt" of GnuPG.</summary>
    private static WatchedSecret? NumberOf(string file)
    {
        var content = File.ReadAllBytes(file);
        var at = content.AsSpan().IndexOf("(1:d32:"u8);
        return at < 0 ? null : WatchedSecret.Of(content.AsSpan(at + 7, 32), $"private-keys-v1.d/{Path.GetFileName(file)}");
    }
}
