using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Encryption;

/// <summary>
/// Collects a sample of the accounts' stored secrets while an RDB is read, and tries a key on them afterwards: the proof that a backup and its
/// ENCRYPTION_KEY belong together. What it keeps is ciphertext, and bounded.
/// </summary>
/// <param name="scrypt">Makes the keys of all kinds but Bedrock.</param>
/// <param name="accountsPerKind">How many accounts of a kind are looked at; the first ones of the file.</param>
public sealed class AccountSecrets(IScrypt scrypt, int accountsPerKind = 50) : IRdbVisitor
{
    private const int MostBytes = 16 << 20;
    private const int KeyBytes = 32;

    private readonly Dictionary<AccountKind, List<SecretText>> _secrets = [];
    private readonly Dictionary<AccountKind, int> _accounts = [];
    private AccountKind? _kind;
    private int _bytes;

    void IRdbVisitor.Key(int database, ReadOnlySpan<byte> key, long? expiry) => _kind = AccountKind.Find(key);

    bool IRdbVisitor.Wants(int database, ReadOnlySpan<byte> key)
    {
        if (_kind is null || _bytes > MostBytes)
            return false;
        var accounts = _accounts.GetValueOrDefault(_kind);
        _accounts[_kind] = accounts + 1;
        return accounts < accountsPerKind;
    }

    void IRdbVisitor.Field(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        if (_kind is null or { IsJson: true })
            return;
        foreach (var name in _kind.Fields)
        {
            if (!Ascii.Equals(field, name))
                continue;
            if (name == AccountKind.KeyList)
                AddJson(_kind, value);
            else
                Add(_kind, SecretText.Find(value));
        }
    }

    void IRdbVisitor.Value(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_kind is { IsJson: true })
            AddJson(_kind, value);
    }

    /// <summary>Derives one key for each kind that has accounts, a tenth of a second each.</summary>
    /// <param name="encryptionKey">ENCRYPTION_KEY of the backup's .env.</param>
    public AccountSecretsReport Check(string encryptionKey)
    {
        var kinds = ImmutableSortedDictionary.CreateBuilder<string, (long, long)>(StringComparer.Ordinal);
        foreach (var (kind, secrets) in _secrets)
        {
            var key = DeriveKey(kind, encryptionKey);
            long opened = secrets.Count(secret => secret.Opens(key));
            kinds.Add(kind.Name, (opened, secrets.Count - opened));
            CryptographicOperations.ZeroMemory(key);
        }

        return new AccountSecretsReport { Kinds = kinds.ToImmutable() };
    }

    private byte[] DeriveKey(AccountKind kind, string encryptionKey)
    {
        var password = Encoding.UTF8.GetBytes(encryptionKey);
        try
        {
            return kind.Salt is { } salt
                ? scrypt.Derive(password, Encoding.UTF8.GetBytes(salt), ScryptCost.NodeDefault, KeyBytes)
                : SHA256.HashData(password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    /// <summary>Droid's <c>[{"encryptedKey": "iv:text"}]</c>, or Bedrock's <c>{"awsCredentials": {"iv": …, "encrypted": …}}</c>.</summary>
    private void AddJson(AccountKind kind, ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        try
        {
            if (value.IsEmpty || !JsonDocument.TryParseValue(ref reader, out var document))
                return;
            using (document)
            {
                if (document.RootElement.ValueKind == JsonValueKind.Array)
                    foreach (var entry in document.RootElement.EnumerateArray())
                        Add(kind, Text(entry, "encryptedKey") is { } text ? SecretText.Find(text) : null);
                else
                    foreach (var field in kind.Fields)
                        AddMember(kind, document.RootElement, field);
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The relay could not read it either: as lost as a secret that does not decrypt, and counted so.
            Add(kind, new SecretText([], []));
        }
    }

    private void AddMember(AccountKind kind, JsonElement account, string field)
    {
        if (account.ValueKind == JsonValueKind.Object && account.TryGetProperty(field, out var secret)
            && Text(secret, "iv") is { } iv && Text(secret, "encrypted") is { } encrypted)
            Add(kind, SecretText.Of(iv, encrypted));
    }

    private static byte[]? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? Encoding.UTF8.GetBytes(text.GetString()!)
            : null;

    private void Add(AccountKind kind, SecretText? secret)
    {
        if (secret is null)
            return;
        if (!_secrets.TryGetValue(kind, out var secrets))
            _secrets.Add(kind, secrets = []);
        secrets.Add(secret);
        _bytes += secret.Iv.Length + secret.Ciphertext.Length;
    }
}
