using RelayOps.Adapters.Encryption;
using RelayOps.Core.Encryption;
using RelayOps.Testing;
using RelayOps.Testing.Processes;

namespace RelayOps.Adapters.Tests.Encryption;

/// <summary>One after the other: which keyring is the operator's is told by a variable of the whole process.</summary>
[CollectionDefinition(Name)]
public sealed class OneKeyring : ICollectionFixture<CipherKeys>
{
    public const string Name = "one keyring";
}

/// <summary>A throwaway key of every kind, made by the tools themselves.</summary>
public sealed class CipherKeys : IAsyncLifetime
{
    public const string Passphrase = "canary passphrase ñ 7f3a";

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("relayops-keys-");

    /// <summary>The kinds that every test of all kinds goes through.</summary>
    public static TheoryData<string> Kinds => ["age", "ssh-ed25519", "ssh-rsa", "pgp path", "pgp text", "pgp fingerprint", "pgp locked", "passphrase", "age passphrase"];

    public string GnupgHome => At("gnupg");

    /// <summary>The key that a passphrase locks.</summary>
    public const string LockedUser = "locked@example.org";

    public string At(string name) => Path.Combine(directory.FullName, name);

    public string Text(string name) => File.ReadAllText(At(name));

    public string EncryptTo(string kind) => kind switch
    {
        "age" => Text("age.pub").Trim(),
        "ssh-ed25519" or "ssh-rsa" => Text(kind + ".pub"),
        "pgp path" => At("plain.asc"),
        "pgp text" => Text("plain.asc"),
        "pgp fingerprint" => Text("plain.fpr"),
        "pgp locked" => At("locked.asc"),
        "age passphrase" => "age-passphrase",
        _ => "passphrase",
    };

    public DecryptionMeans Means(string kind) => kind switch
    {
        "age" => new() { Identity = Text("age.key") },
        "ssh-ed25519" or "ssh-rsa" => new() { Identity = At(kind) },
        "passphrase" or "age passphrase" => new() { Passphrase = Passphrase },
        "pgp locked" => new() { Identity = At("locked.key"), Passphrase = Passphrase },
        _ => new() { Identity = Text("plain.key") },
    };

    /// <summary>Needs the passphrase to seal, and nothing else that is secret.</summary>
    public async Task<IArchiveCipher> SealingAsync(string kind)
    {
        // A fingerprint is looked up in the operator's keyring, which here is a throwaway one.
        Environment.SetEnvironmentVariable("GNUPGHOME", GnupgHome);
        var means = new DecryptionMeans { Passphrase = kind is "passphrase" or "age passphrase" ? Passphrase : null };
        return await ArchiveCiphers.ForSealingAsync(EncryptionRecipients.Parse(EncryptTo(kind)), means, directory.FullName, Patience);
    }

    public IArchiveCipher Opening(string kind) => ArchiveCiphers.FindForOpening(EncryptionRecipients.Parse(EncryptTo(kind)).Tool, Means(kind))!;

    public async Task<byte[]> SealAsync(string kind, byte[] plain)
    {
        using var output = new MemoryStream();
        await using (var seal = (await SealingAsync(kind)).Seal(output))
            await seal.WriteAsync(plain, Patience);
        return output.ToArray();
    }

    public async Task InitializeAsync()
    {
        await Prerequisites.EnsureAsync(Patience);
        await ShAsync("umask 077; age-keygen -o age.key 2>age.err; age-keygen -y age.key > age.pub; age-keygen -o other.key 2>age.err");
        await ShAsync("ssh-keygen -q -t ed25519 -N '' -C 'ops, at home' -f ssh-ed25519; ssh-keygen -q -t rsa -b 2048 -N '' -f ssh-rsa");
        await ShAsync("mkdir -m 700 gnupg");
        await PgpAsync("plain", "plain@example.org", "");
        await PgpAsync("locked", LockedUser, Passphrase);
    }

    public async Task DisposeAsync()
    {
        await Shell.RunAsync("gpgconf", ["--homedir", GnupgHome, "--kill", "all"], Patience);
        directory.Delete(recursive: true);
    }

    public Task<string> ShAsync(string script) => Shell.RunAsync("sh", ["-ec", $"cd '{directory.FullName}'\n{script}"], Patience);

    private async Task PgpAsync(string name, string user, string passphrase)
    {
        await File.WriteAllTextAsync(At(name + ".pass"), passphrase + "\n");
        var gpg = $"gpg --homedir gnupg --batch --quiet --pinentry-mode loopback --passphrase-file {name}.pass";
        await ShAsync($"""
            {gpg} --quick-generate-key {user} future-default default never
            {gpg} --armor --export {user} > {name}.asc
            {gpg} --armor --export-secret-keys {user} > {name}.key
            gpg --homedir gnupg --batch --with-colons --list-keys {user} | awk -F: '$1 == "fpr" {"{"} print $10; exit {"}"}' > {name}.fpr
            """);
    }
}
