using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Verification;

/// <summary>One drill, on the clock since the archive was opened: first the service as in an emergency, then what takes time and proves more.</summary>
internal sealed class DrillRun(VerifyTools tools, VerifyRequest request, IDrillGround ground, long opened)
{
    /// <summary>Where nobody said who drills.</summary>
    public static readonly DrillWitness Nobody = new("RelayOps", "unknown", null);

    private const int KeyBytes = 32;

    private readonly List<DrillPhase> phases = [];
    private readonly List<string> notProven = [];
    private ImmutableArray<DrilledImage> images = [];
    private DrilledAnswers? answers;
    private double? rto;

    private double Elapsed => tools.Time.GetElapsedTime(opened).TotalSeconds;

    /// <exception cref="RelayOpsException">What came up is not what was backed up, or nothing came up (<see cref="ExitStatus.BadBackup"/>).</exception>
    public async Task RunAsync(BackupContent content, Findings findings, CancellationToken cancellationToken)
    {
        var dataset = Dataset.Find(content);
        EndPhase("open, check and unpack the archive");
        if (request.StartsService)
            await BootAsync(content, dataset, findings, cancellationToken);
        else
            notProven.Add("that the service starts: only Redis was asked for");
        var booted = Elapsed;
        await DrillCheck.RequireAsync(ground, content, dataset, findings, cancellationToken);
        DrillCheck.RequireApiKeys(findings);
        phases.Add(new DrillPhase("load every layout", Elapsed - booted));
        NoteWhatNoBackupProves(findings);
    }

    /// <summary>What is known when everything went well.</summary>
    public DrillCertificate Certify(VerificationReport report, Findings findings, DrillWitness witness) => new()
    {
        BackupId = request.Backup.Id.ToString(),
        Archive = request.Backup.Archive,
        Sha256 = report.Sha256,
        SizeBytes = report.SizeBytes,
        Store = request.Backup.Store,
        DrilledAt = tools.Time.GetUtcNow(),
        By = witness,
        Redis = report.DrilledBy!,
        Images = images,
        Counts = report.Counts,
        ApiKeys = findings.ApiKeys,
        DecryptedSecrets = report.DecryptedSecrets,
        Service = answers,
        Phases = [.. phases.Select(phase => phase with { Seconds = Math.Round(phase.Seconds, 3) })],
        RtoSeconds = rto,
        Warnings = report.Warnings,
        NotProven = [.. notProven],
    };

    private async Task BootAsync(BackupContent content, Dataset dataset, Findings findings, CancellationToken cancellationToken)
    {
        var (recipe, missing) = ServiceRecipe.For(content, dataset, findings, tools.Compose);
        var boot = recipe is null ? new ServiceBoot(null, missing) : await ground.BootAsync(recipe, cancellationToken);
        if (boot.Service is null)
        {
            notProven.Add($"that the service starts, how long that takes, and that it looks keys up: {boot.NotBooted}");
            findings.Warn($"the drill did not start the service: {boot.NotBooted}");
            return;
        }

        await using var service = boot.Service;
        rto = Math.Round(Elapsed, 3);
        phases.Add(new DrillPhase("start redis and load", service.Seconds.Redis));
        phases.Add(new DrillPhase("start the service until healthy", service.Seconds.Service));
        images = service.Images;
        tools.Reporter.Note($"drill: the service was healthy {Figures.Duration(TimeSpan.FromSeconds(rto.Value))} after the archive was opened");
        var asked = Elapsed;
        await AskAsync(service, recipe!, findings, cancellationToken);
        phases.Add(new DrillPhase("ask the service", Elapsed - asked));
        foreach (var image in images.Where(image => !image.IsTheBackups))
            notProven.Add($"that {image.Service} starts from the backup's own image: {image.Reference} is "
                + (image.BackupImageId is null ? "what this machine has; the archive names no image id" : "another version than the backup's"));
    }

    /// <summary>First a key that nobody has. Then the same key, entered under the hash that the service has to come to: so it reads this Redis, and with this ENCRYPTION_KEY.</summary>
    private async Task AskAsync(IDrilledService service, ServiceRecipe recipe, Findings findings, CancellationToken cancellationToken)
    {
        const int unauthorized = 401;
        var key = recipe.Environment.GetValueOrDefault("API_KEY_PREFIX", "cr_") + RandomNumberGenerator.GetHexString(2 * KeyBytes, lowercase: true);
        var refused = await service.FindStatusAsync(key, cancellationToken);
        if (refused is >= 200 and < 300)
            throw Findings.Bad("the service from the backup lets in whoever comes", $"it answered {refused} to an API key that nobody has");
        if (refused != unauthorized)
            NotLookedUp($"the service answered {refused?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"} to a made-up key, not {unauthorized}", findings);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key + recipe.Environment["ENCRYPTION_KEY"])));
        var planted = await service.PlantAsync(hash, cancellationToken) ? await service.FindStatusAsync(key, cancellationToken) : null;
        answers = new DrilledAnswers("healthy", refused, planted);
        if (refused == unauthorized && planted == unauthorized)
            NotLookedUp("the service refused a key that was entered in the way that is known", findings);
        else if (planted is null)
            notProven.Add("that the service lets a known key in: no stored API key is active without an end and without a user");
    }

    private void NotLookedUp(string why, Findings findings)
    {
        notProven.Add($"that the service looks API keys up: {why}");
        findings.Warn($"drill: {why}");
    }

    private void NoteWhatNoBackupProves(Findings findings)
    {
        if (findings.ApiKeys is { Entries: 0, Unlisted: 0 })
            notProven.Add("that API keys can be looked up: the dataset has none");
        else
            notProven.Add("that the stored API keys were made with this ENCRYPTION_KEY: the drill looked for no client's key in clear"
                + (findings.DecryptedSecrets is { Count: > 0 } secrets ? $"; {secrets.Values.Sum()} account secrets decrypt with it" : ""));
    }

    private void EndPhase(string name) => phases.Add(new DrillPhase(name, Elapsed - phases.Sum(phase => phase.Seconds)));
}
