using System.Collections.Immutable;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>Values that the service's own examples and defaults carry: its .env.example, config.example.js and README.</summary>
internal static class ExampleSecrets
{
    private static readonly ImmutableArray<string> Names = ["JWT_SECRET", "ENCRYPTION_KEY", "ADMIN_PASSWORD", "REDIS_PASSWORD", "WEB_SESSION_SECRET", "LDAP_BIND_PASSWORD"];

    private static readonly ImmutableHashSet<string> Values = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase,
        "32-character-encryption-key-write-randomly", "admin", "admin123", "admin_password", "password", "secret", "123456", "12345678");

    private static readonly ImmutableArray<string> Beginnings = ["your-", "your_", "change-this", "changethis", "change-me", "changeme"];

    /// <summary>The names of settings with such a value; of LDAP only where it is in use.</summary>
    public static IReadOnlyList<string> In(DotEnv environment) =>
        [.. Names.Where(name => environment.Find(name) is { } value && IsExample(value) && (name != "LDAP_BIND_PASSWORD" || environment.Find("LDAP_ENABLED") == "true"))];

    private static bool IsExample(string value) =>
        Values.Contains(value) || Beginnings.Any(beginning => value.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));
}
