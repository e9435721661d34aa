using System.Collections.Immutable;
using System.Text;

namespace RelayOps.Core.Encryption;

/// <summary>Where the relay keeps the secrets of one kind of account, and how it makes their key (Claude Relay Service 1.1.314, src/services/account).</summary>
/// <param name="Name">For reports, e.g. <c>claude</c>.</param>
/// <param name="KeyPrefix">Redis keys of its accounts begin with it.</param>
/// <param name="Salt">For scrypt; null where the key is the SHA-256 of ENCRYPTION_KEY.</param>
/// <param name="Fields">Hash fields, or members of a JSON string, that are encrypted.</param>
internal sealed record AccountKind(string Name, byte[] KeyPrefix, string? Salt, ImmutableArray<string> Fields)
{
    /// <summary>Droid alone keeps a JSON list of keys, each encrypted on its own.</summary>
    public const string KeyList = "apiKeys";

    public static readonly ImmutableArray<AccountKind> All =
    [
        Of("claude", "claude:account:", "salt", "email", "password", "claudeAiOauth", "accessToken", "refreshToken"),
        Of("claude-console", "claude_console_account:", "claude-console-salt", "apiKey"),
        Of("ccr", "ccr_account:", "ccr-account-salt", "apiKey"),
        Of("openai", "openai:account:", "openai-account-salt", "idToken", "accessToken", "refreshToken", "openaiOauth", "email"),
        Of("openai-responses", "openai_responses_account:", "openai-responses-salt", "apiKey"),
        Of("azure-openai", "azure_openai:account:", "azure-openai-account-default-salt", "apiKey"),
        Of("gemini", "gemini_account:", "gemini-account-salt", "geminiOauth", "accessToken", "refreshToken"),
        Of("gemini-api", "gemini_api_account:", "gemini-api-salt", "apiKey"),
        Of("droid", "droid:account:", "droid-account-salt", "accessToken", "refreshToken", KeyList),
        Of("bedrock", "bedrock_account:", null, "awsCredentials", "bearerToken"),
    ];

    /// <summary>An account as one JSON string instead of a hash.</summary>
    public bool IsJson => Salt is null;

    public static AccountKind? Find(ReadOnlySpan<byte> key)
    {
        foreach (var kind in All)
            if (key.StartsWith(kind.KeyPrefix))
                return kind;
        return null;
    }

    private static AccountKind Of(string name, string prefix, string? salt, params ImmutableArray<string> fields) =>
        new(name, Encoding.ASCII.GetBytes(prefix), salt, fields);
}
