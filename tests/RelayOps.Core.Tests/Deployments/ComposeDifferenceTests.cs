using RelayOps.Core.Deployments;

namespace RelayOps.Core.Tests.Deployments;

public sealed class ComposeDifferenceTests
{
    private const string Stock = """
        version: '3.8'
        services:
          claude-relay:
            image: relay:1
            environment:
              - JWT_SECRET=${JWT_SECRET}
              - LOG_LEVEL=info
            ports:
            - "3000:3000"
          redis:
            image: redis:7-alpine
            command: >
              redis-server
              --requirepass hidden: yes
        """;

    [Fact]
    public void Find_is_content_with_the_same_file_in_another_dress() =>
        Assert.Empty(ComposeDifference.Find(Stock, "# mine\n" + Stock.Replace("\n", "\r\n", StringComparison.Ordinal)));

    [Fact]
    public void Find_names_what_changed_came_and_went_and_no_value()
    {
        var server = Stock.Replace("relay:1", "relay:2-secret", StringComparison.Ordinal)
            .Replace("JWT_SECRET=${JWT_SECRET}", "JWT_SECRET=written-out", StringComparison.Ordinal)
            .Replace("      - LOG_LEVEL=info\n", "", StringComparison.Ordinal)
            .Replace("3000:3000", "3001:3000", StringComparison.Ordinal)
            .Replace("hidden: yes", "canary: yes", StringComparison.Ordinal) + "\n    restart: always";

        Assert.Equal<string>(
            [
                "services.claude-relay.environment.JWT_SECRET", "services.claude-relay.environment.LOG_LEVEL (backup only)", "services.claude-relay.image",
                "services.claude-relay.ports", "services.redis.command", "services.redis.restart (server only)",
            ],
            ComposeDifference.Find(Stock, server));
    }
}
