using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace RelayOps.Core.Encryption;

/// <summary>Who may open a backup: the value of <c>--encrypt-to</c>.</summary>
public sealed partial record EncryptionRecipients
{
    private const string ArmourBegin = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

    private const string ArmourEnd = "-----END PGP PUBLIC KEY BLOCK-----";

    /// <summary>As age takes them: <c>age1…</c>, <c>ssh-ed25519 AAAA…</c>, <c>ssh-rsa AAAA…</c>.</summary>
    public ImmutableArray<string> Age { get; private init; } = [];

    public ImmutableArray<PgpKey> Pgp { get; private init; } = [];

    /// <summary>Whoever knows the passphrase, with gpg.</summary>
    public bool Passphrase { get; private init; }

    /// <summary>Whoever knows the passphrase, with age: nobody else then, by age's own rule.</summary>
    public bool AgePassphrase { get; private init; }

    /// <summary>The tool that seals for them: <c>age</c> or <c>gpg</c>.</summary>
    public string Tool => Age.Length > 0 || AgePassphrase ? "age" : "gpg";

    /// <param name="text">One recipient, or several with commas or line ends between them.</param>
    /// <exception cref="RelayOpsException">It names no recipient, or some that no single tool serves (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static EncryptionRecipients Parse(string text)
    {
        var recipients = Split(text).Aggregate(new EncryptionRecipients(), (all, one) => all.With(one));
        if (recipients is { Age.Length: 0, Pgp.Length: 0, Passphrase: false, AgePassphrase: false })
            throw Wrong("it is empty", "give an age recipient, a PGP public key, or the word passphrase or age-passphrase");
        if (recipients.AgePassphrase && (recipients.Age.Length > 0 || recipients.Pgp.Length > 0 || recipients.Passphrase))
            throw Wrong("it names others beside age-passphrase", "what age locks with a passphrase is for whoever knows that alone; a second backup can have the others");
        if (recipients.Age.Length > 0 && (recipients.Pgp.Length > 0 || recipients.Passphrase))
            throw Wrong("it mixes recipients of age with those of gpg", "give those of one tool; a second backup can have the others");
        return recipients;
    }

    private EncryptionRecipients With(string one)
    {
        if (AgeSecretKey().IsMatch(one) || one.Contains("PRIVATE KEY", StringComparison.Ordinal))
            throw Wrong("it holds a private key", "give the public one; the private key belongs to --identity");
        if (one == "passphrase")
            return this with { Passphrase = true };
        if (one == "age-passphrase")
            return this with { AgePassphrase = true };
        if (one.StartsWith(ArmourBegin, StringComparison.Ordinal))
            return this with { Pgp = Pgp.Add(new PgpKey(PgpKeyForm.Text, one + "\n")) };
        if (AgePublicKey().IsMatch(one))
            return this with { Age = Age.Add(one) };
        if (SshPublicKey().Match(one) is { Success: true } ssh)
            return this with { Age = Age.Add($"{ssh.Groups["type"].Value} {ssh.Groups["key"].Value}") };
        var hex = one.Replace(" ", "", StringComparison.Ordinal);
        if (Fingerprint().Match(hex) is { Success: true } print)
            return this with { Pgp = Pgp.Add(new PgpKey(PgpKeyForm.Fingerprint, print.Groups["hex"].Value.ToUpperInvariant())) };
        if (ShortId().IsMatch(hex))
            throw Wrong($"'{one}' is a short key id, which somebody else's key can have too", "give the fingerprint: 40 hexadecimal digits");
        if (LooksLikeKey().IsMatch(one))
            throw Wrong($"'{one}' is no whole age or ssh recipient", "copy the whole line; of ssh keys, age takes ssh-ed25519 and ssh-rsa");
        return this with { Pgp = Pgp.Add(new PgpKey(PgpKeyForm.Path, one)) };
    }

    /// <summary>An armoured key is one recipient, whatever is in it.</summary>
    private static IEnumerable<string> Split(string text)
    {
        for (var rest = text; ;)
        {
            var begin = rest.IndexOf(ArmourBegin, StringComparison.Ordinal);
            foreach (var line in Separator().Split(begin < 0 ? rest : rest[..begin]).Select(line => line.Trim()))
            {
                if (line.Length > 0 && !line.StartsWith('#'))
                    yield return line;
            }

            if (begin < 0)
                yield break;
            var end = rest.IndexOf(ArmourEnd, begin, StringComparison.Ordinal);
            if (end < 0)
                throw Wrong("the PGP public key has no end", "give the whole block");
            yield return rest[begin..(end + ArmourEnd.Length)];
            rest = rest[(end + ArmourEnd.Length)..];
        }
    }

    private static RelayOpsException Wrong(string why, string next) => new("cannot use --encrypt-to", why, next, ExitStatus.WrongUse);

    /// <summary>A comma in the comment of an ssh key, which runs to the end of its line, separates only where another key follows.</summary>
    [GeneratedRegex(@"[\r\n]|(?<!(^|[\r\n,])\s*ssh-[^\r\n]*),|,(?=\s*(age1|ssh-))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Separator();

    [GeneratedRegex(@"\Aage1[02-9ac-hj-np-z]{58}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AgePublicKey();

    [GeneratedRegex(@"AGE-SECRET-KEY-|AGE-PLUGIN-", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex AgeSecretKey();

    [GeneratedRegex(@"\A(?<type>ssh-ed25519|ssh-rsa)\s+(?<key>[A-Za-z0-9+/]{60,}={0,2})(\s.*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex SshPublicKey();

    [GeneratedRegex(@"\A(0x)?(?<hex>[0-9A-Fa-f]{40})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Fingerprint();

    [GeneratedRegex(@"\A(0x)?([0-9A-Fa-f]{8}|[0-9A-Fa-f]{16})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShortId();

    [GeneratedRegex(@"\A(age1|ssh-|ecdsa-|sk-ssh|sk-ecdsa)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex LooksLikeKey();
}
