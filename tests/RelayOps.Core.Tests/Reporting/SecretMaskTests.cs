using System.Net;
using System.Text;
using System.Text.Json;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Tests.Reporting;

public sealed class SecretMaskTests
{
    /// <summary>Its base64 is padded.</summary>
    private const string Secret = "p@ss \"wörd\"/+&<xy>";

    private readonly SecretMask mask = new();

    public SecretMaskTests() => mask.Add(Secret);

    public static TheoryData<string> Forms => new(
        Secret, Uri.EscapeDataString(Secret), WebUtility.UrlEncode(Secret), JsonSerializer.Serialize(Secret)[1..^1], Base64(Secret),
        Base64(Secret).TrimEnd('='));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Apply_hides_every_form_a_program_prints(string form) =>
        Assert.Equal("password=***; again ***.", mask.Apply($"password={form}; again {form}."));

    [Theory]
    [InlineData("user:")]
    [InlineData("us:")]
    [InlineData("u:")]
    public void Apply_hides_a_secret_inside_of_something_in_base64(string prefix)
    {
        var masked = mask.Apply("Authorization: Basic " + Base64(prefix + Secret + ":more"));

        Assert.Contains("***", masked, StringComparison.Ordinal);
        Assert.True(masked.Length < 50, masked);
    }

    [Fact]
    public void Apply_hides_each_line_of_a_key_but_not_its_armour()
    {
        var key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\nAAAAAAAAAAtzc2gtZWQ\n-----END OPENSSH PRIVATE KEY-----\n";
        mask.Add(key);

        Assert.Equal("***", mask.Apply(key));
        Assert.Equal("line ***", mask.Apply("line AAAAAAAAAAtzc2gtZWQ"));
        Assert.Equal("-----BEGIN OPENSSH PRIVATE KEY-----", mask.Apply("-----BEGIN OPENSSH PRIVATE KEY-----"));
    }

    [Fact]
    public void Apply_hides_the_longer_of_two_secrets_whole()
    {
        mask.Add("secret");
        mask.Add("secretive");

        Assert.Equal("***, ***", mask.Apply("secretive, secret"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("ab")]
    public void Add_takes_no_secret_that_hides_nothing(string? secret)
    {
        mask.Add(secret);

        Assert.Equal("about a table\n  cab", mask.Apply("about a table\n  cab"));
    }

    [Fact]
    public void Add_knows_a_secret_without_the_newline_that_files_end_in()
    {
        mask.Add("from-a-file\n");

        Assert.Equal("is *** here", mask.Apply("is from-a-file here"));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
