namespace RelayOps.Adapters.Tests.Operations;

/// <summary>The settings that come with the data: the key that opens them, and what the service does not start without.</summary>
public partial class VerifyOperationTests
{
    [Fact]
    public Task Case12_AnotherEncryptionKey_is_a_failure() =>
        FailsAsync(new VerifyScene { FingerprintOf = new string('x', 32) }, "ENCRYPTION_KEY is not the one", "fingerprint");

    [Fact]
    public async Task Case12_AccountSecrets_decrypt_with_the_env_of_the_backup()
    {
        var verified = await new VerifyScene { Dump = AccountDump.Of(VerifyScene.Key, VerifyScene.Key) }.VerifyAsync();
        Assert.Equal(2, verified.Report.DecryptedSecrets!["claude"]);
    }

    [Fact]
    public async Task Case12_AccountSecretsOfAnotherKey_are_a_failure()
    {
        var scene = new VerifyScene { Dump = AccountDump.Of(new string('x', 32)) };
        var error = await FailsAsync(scene, "does not fit the Redis data", "not one of 1");
        Assert.DoesNotContain("token-of-nobody", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(VerifyScene.Key, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case12_SomeAccountSecretsOfAnotherKey_are_a_warning()
    {
        var scene = new VerifyScene { Dump = AccountDump.Of(VerifyScene.Key, new string('x', 32)) };
        Assert.Contains((await scene.VerifyAsync()).Report.Warnings, warning => warning.StartsWith("1 of 2 stored secrets of claude", StringComparison.Ordinal));
    }

    [Fact]
    public Task Case13_MissingEnv_is_a_failure() => FailsAsync(new VerifyScene { Env = null }, ".env is missing", "restarts");

    [Theory]
    [InlineData("JWT_SECRET", $"ENCRYPTION_KEY={VerifyScene.Key}\n")]
    [InlineData("ENCRYPTION_KEY", "JWT_SECRET=abc\nENCRYPTION_KEY=\n")]
    public Task Case13_EnvWithoutAVitalSecret_is_a_failure(string name, string env) =>
        FailsAsync(new VerifyScene { Env = env }, name, "does not start");

    [Fact]
    public async Task RunAsync_accepts_a_vital_secret_that_the_compose_file_has()
    {
        var scene = new VerifyScene
        {
            Env = $"ENCRYPTION_KEY={VerifyScene.Key}\n",
            Compose = "services:\n  claude-relay:\n    image: x\n    environment:\n      - JWT_SECRET=literal\n",
        };
        Assert.Empty((await scene.VerifyAsync()).Report.Warnings);
    }

    [Fact]
    public async Task RunAsync_warns_of_a_key_of_another_length()
    {
        var scene = new VerifyScene { Env = "JWT_SECRET=a\nENCRYPTION_KEY=short\n", FingerprintOf = "short" };
        Assert.Contains("5 characters", Assert.Single((await scene.VerifyAsync()).Report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public Task RunAsync_refuses_a_compose_file_that_does_not_parse() =>
        FailsAsync(new VerifyScene { Compose = "services:\n  a: [\n" }, "docker-compose.yml", "line");

    [Fact]
    public Task RunAsync_refuses_a_missing_compose_file() => FailsAsync(new VerifyScene { Compose = null }, "compose file is missing", "none of");
}
