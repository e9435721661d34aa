using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Which of the two <c>.env</c> and compose files the service will run with.</summary>
/// <param name="Restored">Paths that come from the backup.</param>
/// <param name="Notes">How the two differ: names of settings, never values.</param>
/// <param name="Warnings">What a person should know of it.</param>
public sealed record EnvironmentChoice(ImmutableArray<string> Restored, ImmutableArray<string> Notes, ImmutableArray<string> Warnings)
{
    private const string Key = "ENCRYPTION_KEY";

    /// <param name="present">Paths of config files that the server has.</param>
    /// <param name="compose">The server's compose files by name.</param>
    /// <param name="fitsKey">Whether a key opens the backup's account secrets; null where nobody knows.</param>
    /// <exception cref="RelayOpsException">The data would come under another ENCRYPTION_KEY (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static EnvironmentChoice Make(
        RestoreRequest request, ArchiveContents backup, DotEnv server, IReadOnlySet<string> present,
        IReadOnlyDictionary<string, string>? compose = null, Func<string, bool?>? fitsKey = null)
    {
        var config = request.Parts.HasFlag(DeploymentParts.Config)
            ? backup.Entries.Where(entry => ArchiveContents.PartOf(entry.Path) == DeploymentParts.Config && entry.Kind != EntryKind.Directory)
                .Select(entry => entry.Path).ToImmutableArray()
            : [];
        ImmutableArray<string> restored = request.Environment switch
        {
            EnvironmentPolicy.Keep => [],
            EnvironmentPolicy.Restore => config,
            _ => [.. config.Where(path => !present.Contains(path))],
        };
        var warnings = ImmutableArray.CreateBuilder<string>();
        var comes = restored.Contains(".env");
        if (request.Parts.HasFlag(DeploymentParts.Redis) && !comes)
            CheckKey(request, backup, server, fitsKey, warnings);
        CheckAdministrator(request, backup, comes ? backup.Environment! : server, warnings);
        return new EnvironmentChoice(restored, [.. Differences(backup, server, comes), .. Differences(backup, compose ?? new Dictionary<string, string>(), restored)], warnings.ToImmutable());
    }

    private static void CheckKey(
        RestoreRequest request, ArchiveContents backup, DotEnv server, Func<string, bool?>? fitsKey, ImmutableArray<string>.Builder warnings)
    {
        var own = server.Find(Key);
        bool? fits = (backup.Manifest?.EncryptionKeyFingerprint, backup.Environment?.Find(Key)) switch
        {
            ({ } fingerprint, _) => own is { Length: > 0 } && KeyFingerprint.Matches(fingerprint, own),
            (_, { Length: > 0 } key) => key == own,
            // Nothing tells the backup's key: the server's is tried on what is encrypted in it.
            _ => own is { Length: > 0 } ? fitsKey?.Invoke(own) : null,
        };
        if (fits is null)
            warnings.Add($"the backup does not tell its {Key}: whether the accounts can be read with the server's is not known");
        else if (fits == false && !request.AllowKeyMismatch)
            throw new RelayOpsException("the backup belongs to another ENCRYPTION_KEY",
                "with the server's own every client would get 401 and no account's secret could be read, while /health says healthy",
                "restore the backup's .env with it (--env restore), or insist with --allow-key-mismatch", ExitStatus.WrongUse);
        else if (fits == false)
            warnings.Add($"the data were encrypted under another {Key}: clients will get 401 until it is put into .env");
    }

    /// <summary>What data/init.json says wins over .env, so a password changed in .env alone has no effect.</summary>
    private static void CheckAdministrator(
        RestoreRequest request, ArchiveContents backup, DotEnv effective, ImmutableArray<string>.Builder warnings)
    {
        if (!request.Parts.HasFlag(DeploymentParts.Data) || !backup.Texts.TryGetValue("data/init.json", out var text))
            return;
        foreach (var (setting, member) in new[] { ("ADMIN_PASSWORD", "adminPassword"), ("ADMIN_USERNAME", "adminUsername") })
            if (effective.Find(setting) is { Length: > 0 } value && InitialSettings.Find(text, member) is { } initial && initial != value)
                warnings.Add($"{setting} in .env differs from data/init.json of the backup: the service goes by data/init.json");
    }

    private static IEnumerable<string> Differences(ArchiveContents backup, DotEnv server, bool comes)
    {
        if (backup.Environment is not { } theirs)
            yield break;
        var names = theirs.Values.Keys.Union(server.Values.Keys).Order(StringComparer.Ordinal)
            .Where(name => theirs.Values.GetValueOrDefault(name) != server.Values.GetValueOrDefault(name))
            .Select(name => !server.Values.ContainsKey(name) ? $"{name} (backup only)" : !theirs.Values.ContainsKey(name) ? $"{name} (server only)" : name)
            .ToList();
        if (names.Count > 0)
            yield return $".env of server and backup differ in {string.Join(", ", names)}; the {(comes ? "backup's" : "server's")} is used";
    }

    private static IEnumerable<string> Differences(ArchiveContents backup, IReadOnlyDictionary<string, string> server, ImmutableArray<string> restored)
    {
        foreach (var (name, own) in server.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (backup.Texts.TryGetValue(name, out var theirs) && ComposeDifference.Find(theirs, own) is { Count: > 0 } settings)
                yield return $"{name} of server and backup differ in {string.Join(", ", settings)}; the {(restored.Contains(name) ? "backup's" : "server's")} is used";
        }
    }
}
