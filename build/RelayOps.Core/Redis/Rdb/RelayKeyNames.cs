using System.Collections.Immutable;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>
/// The names that Claude Relay Service gives its keys, two segments at most (its src/models/redis.js and
/// src/services, 1.1.314). First segments need no entry unless more follows, or they do not look like a word.
/// </summary>
internal static class RelayKeyNames
{
    public static readonly ImmutableArray<string> All =
    [
        "account:last_test", "account:overload", "account:test_config", "account:test_history",
        "account_usage:daily", "account_usage:hourly", "account_usage:model", "account_usage:monthly",
        "apikey:hash_map", "apikey:idx", "apikey:index", "apikey:set", "apikey:tag", "apikey:tags", "apikey:tmp",
        "azure_openai:account", "bedrock:account", "billing:events", "claude:account", "concurrency:queue", "droid:account",
        "oem:settings", "openai:account",
        "quota_cards:all", "quota_cards:status",
        "rate_limit:cost", "rate_limit:requests", "rate_limit:tokens", "rate_limit:window_start",
        "redemptions:all", "redemptions:apikey", "redemptions:user",
        "request_detail:index", "request_detail:item", "request_detail:query_snapshot",
        "system:metrics", "system:migrated", "system:migration", "system:quota_card_limits", "system:service_rates",
        "usage:cost", "usage:daily", "usage:global", "usage:hourly", "usage:keymodel", "usage:model", "usage:monthly", "usage:opus",
        "usage:records",
    ];
}
