using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Looks at <c>.env</c> and the compose file: could the service start with them, and read its own data?</summary>
internal sealed class ConfigurationCheck(BackupContent content, Findings findings, IComposeParser parser)
{
    /// <summary>The service's docker-entrypoint.sh ends at once without either.</summary>
    private static readonly string[] Vital = ["JWT_SECRET", "ENCRYPTION_KEY"];

    private const int KeyLength = 32;

    public void Require()
    {
        var compose = ReadCompose();
        var env = content.Texts.TryGetValue(".env", out var text) ? DotEnv.Parse(text) : null;
        if (env is null)
        {
            findings.Missing(".env is missing", "without it the service restarts for ever, and its accounts cannot be read");
            return;
        }

        if (env.BadLines.Length > 0)
            findings.Warn($".env: docker compose cannot read line {string.Join(", ", env.BadLines.Take(5))}");
        var own = compose?.Services.SelectMany(service => service.OwnVariables).ToHashSet() ?? [];
        foreach (var name in Vital.Where(name => env.Find(name) is null && !own.Contains(name)))
            findings.Missing($".env has no {name}", "the service does not start without it");
        if (env.Find("ENCRYPTION_KEY") is { } key)
            RequireKey(key);
    }

    private ComposeFile? ReadCompose()
    {
        var name = ComposeFile.Names.FirstOrDefault(content.Texts.ContainsKey);
        if (name is null)
        {
            findings.Missing("the compose file is missing", $"the archive has none of {string.Join(", ", ComposeFile.Names)}");
            return null;
        }

        try
        {
            return parser.Parse(content.Texts[name]);
        }
        catch (RelayOpsException exception) when (exception.Status == ExitStatus.BadBackup)
        {
            findings.Missing($"{name} in the archive cannot be used", exception.Why);
            return null;
        }
    }

    private void RequireKey(string key)
    {
        if (key.Length != KeyLength)
            findings.Warn($".env: ENCRYPTION_KEY has {key.Length} characters, the service asks for {KeyLength}");
        if (content.Manifest?.EncryptionKeyFingerprint is { } fingerprint && !KeyFingerprint.Matches(fingerprint, key))
            throw Findings.Bad("the .env's ENCRYPTION_KEY is not the one that was backed up", "its fingerprint is not that of the manifest");

        var report = content.Secrets.Check(key);
        findings.DecryptedSecrets = report.Kinds.ToImmutableSortedDictionary(kind => kind.Key, kind => kind.Value.Decrypted);
        if (report.KeyFits == false)
            throw Findings.Bad("the .env's ENCRYPTION_KEY does not fit the Redis data",
                $"not one of {report.Failed} stored account secrets decrypts with it", "use a backup whose .env and data belong together");
        foreach (var (kind, (decrypted, failed)) in report.Kinds.Where(kind => kind.Value.Failed > 0))
            findings.Warn($"{failed} of {decrypted + failed} stored secrets of {kind} accounts do not decrypt with the .env's ENCRYPTION_KEY");
    }
}
