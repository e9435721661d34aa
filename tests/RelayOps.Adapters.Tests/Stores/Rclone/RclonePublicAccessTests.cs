using RelayOps.Adapters.Stores.Rclone;
using RelayOps.Core;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>Consent is for a store that nobody else can read: one whose own settings let everybody read takes nothing unencrypted.</summary>
public sealed class RclonePublicAccessTests
{
    private const string Configuration = """
        {
          "everybody": { "type": "s3", "acl": "public-read-write", "secret_access_key": "canary" },
          "shut": { "type": "s3", "acl": "private" },
          "google": { "type": "google cloud storage", "object_acl": "authenticatedRead" },
          "azure": { "type": "azureblob", "public_access": "blob" },
          "nick": { "type": "alias", "remote": "everybody:bucket/path" },
          "both": { "type": "combine", "upstreams": "here=/srv \"there=nick:deep\"" },
          "round": { "type": "alias", "remote": "round:" },
          "veiled": { "type": "crypt", "remote": "everybody:bucket" },
          "bare": { "type": "crypt", "remote": "everybody:bucket", "no_data_encryption": "true" }
        }
        """;

    [Theory]
    [InlineData("everybody:bucket", "acl = public-read-write")]
    [InlineData("everybody,secret_access_key=canary:bucket", "acl = public-read-write")]
    [InlineData("shut:bucket", null)]
    [InlineData("shut,acl=public-read:bucket", "acl = public-read")]
    [InlineData("everybody,acl=private:bucket", null)]
    [InlineData(":s3,provider=AWS,acl='public-read':bucket", "acl = public-read")]
    [InlineData(":s3,bucket-acl=authenticated-read,acl=private:bucket", "bucket_acl = authenticated-read")]
    [InlineData(":s3,secret_access_key=canary,bucket_acl=private,acl=public-read:bucket", "acl = public-read")]
    [InlineData(":s3,secret_access_key=canary,acl=private:bucket", null)]
    [InlineData("google:bucket", "object_acl = authenticatedRead")]
    [InlineData("azure:bucket", "public_access = blob")]
    [InlineData("nick:", "acl = public-read-write")]
    [InlineData("both:there", "acl = public-read-write")]
    [InlineData("round:", null)]
    [InlineData("veiled:", null)]
    [InlineData("bare:", "acl = public-read-write")]
    [InlineData("unknown:public-read", null)]
    [InlineData(":local:/public-read", null)]
    public void Find_tells_who_may_read_by_the_name_and_the_configuration(string remote, string? setting) =>
        Assert.Equal(setting, RclonePublicAccess.Find(RcloneRemote.Parse(remote), Configuration, _ => null));

    /// <summary>As rclone itself takes them: first of the remote, then of its kind, then the configuration.</summary>
    [Theory]
    [InlineData("shut:", "RCLONE_S3_ACL", "acl = public-read")]
    [InlineData("shut:", "RCLONE_CONFIG_SHUT_ACL", "acl = public-read")]
    [InlineData("shut:", "RCLONE_GCS_OBJECT_ACL", null)]
    [InlineData(":s3,env_auth:bucket", "RCLONE_S3_BUCKET_ACL", "bucket_acl = public-read")]
    [InlineData("google:", "RCLONE_GCS_BUCKET_ACL", "bucket_acl = public-read")]
    public void Find_looks_where_rclone_does(string remote, string variable, string? setting) =>
        Assert.Equal(setting, RclonePublicAccess.Find(RcloneRemote.Parse(remote), Configuration, name => name == variable ? "public-read" : null));

    [Theory]
    [InlineData("")]
    [InlineData("Failed to load config file")]
    public void Find_knows_by_the_name_alone_where_there_is_no_configuration(string configuration)
    {
        Assert.Equal("acl = public-read", RclonePublicAccess.Find(RcloneRemote.Parse(":s3,acl=public-read:bucket"), configuration, _ => null));
        Assert.Null(RclonePublicAccess.Find(RcloneRemote.Parse("shut:"), configuration, _ => null));
    }

    [Fact]
    public async Task RequireAdmissionAsync_refuses_plaintext_where_everybody_may_read_and_consent_does_not_help()
    {
        await Testing.Rclone.RcloneServer.EnsureInstalledAsync();
        var store = new RcloneStore("rclone::s3,secret_access_key=canary,acl=public-read:bucket", allowPlaintext: true);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.RequireAdmissionAsync(isEncrypted: false, CancellationToken.None));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("'acl = public-read': everybody could read", error.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        await store.RequireAdmissionAsync(isEncrypted: true, CancellationToken.None);
    }
}
