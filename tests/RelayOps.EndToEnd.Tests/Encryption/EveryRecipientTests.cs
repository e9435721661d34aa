using RelayOps.Adapters.Tests.Encryption;
using RelayOps.Core.Encryption;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <summary>The whole way there and back for every kind of recipient, as an operator types it; one deployment for all of them.</summary>
public sealed class EveryRecipientTests(CipherKeys keys, EveryRecipientTests.Filled filled) : IClassFixture<CipherKeys>, IClassFixture<EveryRecipientTests.Filled>
{
    private const int Keys = 500;

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    public static TheoryData<string> Kinds => CipherKeys.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Backup_is_restored_to_the_last_key(string kind)
    {
        var redis = filled.Deployment.Redis.Cli;
        var before = await redis.RunAsync(["DEBUG", "DIGEST"], Patience);
        string[] here = [.. filled.Deployment.Here[..4], "--backup-directory", Path.Combine(filled.Deployment.Store, kind.Replace(' ', '-'))];
        var means = keys.Means(kind);

        var isForKeys = means.Identity is not null;
        // A key's text begins with dashes, as an option does.
        string[] option = kind == "pgp text" ? [] : ["--encrypt-to", keys.EncryptTo(kind)];
        var backup = await RunAsync(isForKeys ? new() : means, ["Backup", .. here, .. option], kind == "pgp text" ? keys.EncryptTo(kind) : null);
        Assert.Contains(isForKeys ? "sealed" : "deep", backup, StringComparison.Ordinal);
        Assert.EndsWith("." + EncryptionRecipients.Parse(keys.EncryptTo(kind)).Tool, Assert.Single(Directory.GetFiles(here[^1], "*.tar.gz.*")), StringComparison.Ordinal);
        await redis.RunAsync(["FLUSHALL"], Patience);
        await RunAsync(means, ["Restore", .. here, "--backup-id", "latest", "--confirm", "yes"]);

        Assert.Equal(before, await redis.RunAsync(["DEBUG", "DIGEST"], Patience));
        Assert.Equal($"{Keys}", (await redis.RunAsync(["DBSIZE"], Patience)).Trim());
    }

    /// <summary>An identity goes the way its kind has in use: a path as an option, a text in the environment.</summary>
    private async Task<string> RunAsync(DecryptionMeans means, string[] arguments, string? encryptTo = null)
    {
        var environment = new Dictionary<string, string> { ["GNUPGHOME"] = keys.GnupgHome };
        if (encryptTo is not null)
            environment["ENCRYPT_TO"] = encryptTo;
        if (means.Passphrase is { } passphrase)
            environment["PASSPHRASE"] = passphrase;
        if (means.Identity is { } text && text.Contains('\n'))
            environment["IDENTITY"] = text;
        await using var process = RelayOpsProcess.Start(environment, [.. arguments, .. means.Identity is { } path && !path.Contains('\n') ? ["--identity", path] : Array.Empty<string>()]);
        var result = await process.WaitAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.ToString();
    }

    /// <summary>A deployment that outlives the loss of its data as often as it takes.</summary>
    public sealed class Filled : IAsyncLifetime
    {
        private NativeDeployment? _deployment;

        public NativeDeployment Deployment => _deployment!;

        public async Task InitializeAsync()
        {
            _deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["enable-debug-command local"] }, Patience);
            await _deployment.FillAsync(Keys, 200, Patience);
        }

        public async Task DisposeAsync() => await Deployment.DisposeAsync();
    }
}
