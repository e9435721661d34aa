using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Stores.Rclone;
using RelayOps.Core;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>What is shown of a remote that is described with its credentials, and what rclone gets.</summary>
public sealed class RcloneRemoteTests
{
    [Theory]
    [InlineData("b2:relay/backups/", "b2:relay/backups", "b2:relay/backups", "")]
    [InlineData(":local:/backups", ":local:/backups", ":local:/backups", "")]
    [InlineData(":webdav,url='http://nas:81/a,b':x", ":webdav,url='http://nas:81/a,b':x", ":webdav,url='http://nas:81/a,b':x", "")]
    [InlineData(":sftp,host=nas,user=relay,pass=canary:x/", ":sftp,host=nas,user=relay,pass=***:x", "relayopsdescribed:x",
        "TYPE=sftp HOST=nas USER=relay PASS=canary")]
    [InlineData(":s3,provider=AWS,access_key_id=canary1,secret-access-key=\"canary2,\"\"+/:\",env_auth:b", ":s3,provider=AWS,access_key_id=***,secret-access-key=***,env_auth:b",
        "relayopsdescribed:b", "TYPE=s3 PROVIDER=AWS ACCESS_KEY_ID=canary1 SECRET_ACCESS_KEY=canary2,\"+/: ENV_AUTH=true")]
    [InlineData("my-nas,pass=canary:x", "my-nas,pass=***:x", "my-nas:x", "PASS=canary")]
    [InlineData(":webdav,url='https://relay:canary@nas/':x", ":webdav,url=***:x", "relayopsdescribed:x", "TYPE=webdav URL=https://relay:canary@nas/")]
    [InlineData(":azureblob,sas_url='https://nas/?sig=canary':x", ":azureblob,sas_url=***:x", "relayopsdescribed:x", "TYPE=azureblob SAS_URL=https://nas/?sig=canary")]
    public void Parse_hides_what_options_hold_and_leaves_it_out_of_the_arguments(string text, string shown, string argument, string environment)
    {
        var remote = RcloneRemote.Parse(text);

        Assert.Equal((shown, argument), (remote.Shown, remote.Argument));
        Assert.Equal(environment, string.Join(' ', remote.Environment.Select(variable => $"{variable.Key.Split('_', 4)[3]}={variable.Value}")));
        Assert.Equal(environment.Length > 0, RcloneRemote.HoldsSecret(text));
        Assert.DoesNotContain("canary", remote.ToString(), StringComparison.Ordinal);
        Assert.All(remote.Secrets, secret => Assert.Equal("it said *** twice: ***", remote.Clean($"it said {secret} twice: {secret}")));
    }

    [Fact]
    public void Parse_names_the_variables_as_rclone_looks_for_them() =>
        Assert.Equal("RCLONE_CONFIG_MY-NAS_SECRET_ACCESS_KEY", RcloneRemote.Parse("my-nas,secret-access-key=x:").Environment.Single().Key);

    [Theory]
    [InlineData("nothing")]
    [InlineData("--config:x")]
    [InlineData(":sftp,pass=canary")]
    [InlineData(":sftp,pass='canary:x")]
    [InlineData(":sftp,=canary:x")]
    [InlineData(":,pass=canary:x")]
    public void Parse_refuses_what_names_no_remote_and_does_not_repeat_it(string text)
    {
        var error = Assert.Throws<RelayOpsException>(() => RcloneRemote.Parse(text));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.DoesNotContain("canary", error.Message, StringComparison.Ordinal);
        Assert.Equal(text.Contains("canary", StringComparison.Ordinal), RcloneRemote.HoldsSecret(text));
        Assert.Equal(RcloneRemote.HoldsSecret(text), RcloneRemote.SecretsOf(text).Any(secret => secret.Contains("canary", StringComparison.Ordinal)));
    }

    /// <summary>Keys have plus signs in them.</summary>
    [Fact]
    public void Split_leaves_a_plus_sign_within_an_option_alone()
    {
        const string s3 = "rclone::s3,secret_access_key=a+b+c,region=eu:bucket";

        Assert.Equal(["local", s3, "release", "rclone:b2:x", ""], StoreList.Split($"local+{s3}+release+rclone:b2:x+"));
        Assert.Equal(["a+b+c"], StoreList.Secrets($"local+{s3}"));
        Assert.True(StoreList.HoldsSecret($"local+{s3}"));
        Assert.False(StoreList.HoldsSecret("local+rclone:b2:x"));
        Assert.Equal("rclone::s3,secret_access_key=***,region=eu:bucket", StoreList.Shown(s3));
        Assert.Equal("rclone::sftp,…", StoreList.Shown("rclone::sftp,pass=canary"));
    }
}
