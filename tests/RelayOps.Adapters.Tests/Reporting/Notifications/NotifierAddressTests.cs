using RelayOps.Adapters.Reporting.Notifications;
using RelayOps.Core;

namespace RelayOps.Adapters.Tests.Reporting.Notifications;

public sealed class NotifierAddressTests
{
    [Fact]
    public void ParseAll_takes_several_with_blanks_or_commas_between() => Assert.Equal(
        [NotifierKind.Webhook, NotifierKind.Slack, NotifierKind.Healthchecks, NotifierKind.Mail],
        NotifierAddress.ParseAll("https://example.org/a,b,slack:https://hooks.example.org/x\nhealthchecks:https://hc.example.org/1 smtps://u:p@mail.example.org/?from=a@b.c&to=d@e.f")
            .Select(address => address.Kind));

    [Theory]
    [InlineData("example.org/SECRET", "neither https://")]
    [InlineData("slak:https://example.org/SECRET", "neither https://")]
    [InlineData("slack:http://example.org/SECRET", "anybody can read")]
    [InlineData("telegram:https://example.org/botSECRET/sendMessage", "which chat")]
    [InlineData("smtp://user:SECRET@example.org", "from=")]
    public void ParseAll_refuses_what_is_no_address_and_does_not_repeat_it(string text, string why)
    {
        var error = Assert.Throws<RelayOpsException>(() => NotifierAddress.ParseAll("https://example.org " + text));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("address 2", error.What, StringComparison.Ordinal);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.org/hook", false)]
    [InlineData("https://ci.example.org:8443/api/v2/relay-backups-2025/finished", false)]
    [InlineData("healthchecks:https://example.org/uuid", true)]
    [InlineData("https://example.org/hook?key=k", true)]
    [InlineData("https://example.org/hooks/6c1d7a9e-0b5f-4f6e-9a31-2f0b8a1d55c7", true)]
    [InlineData("webhook:https://example.org/hooks/T0G9PQBBK4Xp2vQ8/notify", true)]
    [InlineData("https://example.org/hooks/kJzQwErTyUiOpAsDfGhJ", true)]
    [InlineData("https://example.org/hook#key", true)]
    [InlineData("https://user:pass@example.org/hook", true)]
    [InlineData("wecom:https://example.org/send?key=k", true)]
    public void HoldsToken_tells_what_has_no_place_on_a_command_line(string text, bool holds) =>
        Assert.Equal(holds, Assert.Single(NotifierAddress.ParseAll(text)).HoldsToken);
}
