using System.Collections.Immutable;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The machine that RelayOps runs on, and the local store on it.</summary>
internal static class MachineChecks
{
    private const int OldestRuntime = 10;

    /// <summary>A first backup of a deployment without history.</summary>
    private const long Enough = 1L << 30;

    private const int OwnerOnlyDirectory = 0b111_000_000;
    private const int OwnerOnlyFile = 0b110_000_000;

    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        DoctorCheck.Gate("machine.dotnet", "RelayOps is built for this runtime and no older one", facts => facts.Machine, Runtime),
        Check("ssh", "the transport open-ssh is the system's own ssh", Ssh),
        Check("encryption-tool", "a backup that cannot be encrypted as asked for is not made", EncryptionTool),
        Check("compression", "a backup that cannot be compressed as asked for is not made",
            machine => machine.CanCompress ? Judgement.Passed($"{machine.Compression} is at hand")
                : Judgement.Error($"{machine.Compression} is not at hand", $"install {machine.Compression}, or pass --compression gzip")),
        Check("directory", "backups are written there", Directory),
        Check("directory-mode", "an archive is a secret, and its directory keeps others from so much as listing it", DirectoryMode),
        Check("archive-modes", "an archive holds the key that decrypts every account", ArchiveModes),
        new("machine.disk", "an archive that does not fit is thrown away again", Disk),
        Check("clock", "ids and ages of backups are this machine's time", Clock),
        Check("identity", "whoever reads this key opens every encrypted backup", Identity),
    ];

    private static DoctorCheck Check(string name, string why, Func<MachineFacts, Judgement> judge) =>
        DoctorCheck.Of($"machine.{name}", why, facts => facts.Machine, judge);

    private static Judgement Runtime(MachineFacts machine) => machine.Runtime.Major >= OldestRuntime
        ? Judgement.Passed($".NET {machine.Runtime}")
        : Judgement.Error($".NET {machine.Runtime} is older than {OldestRuntime}", "run ./build.sh, which fetches the right one");

    private static Judgement Ssh(MachineFacts machine) => machine switch
    {
        { Transport: not "open-ssh" } => Judgement.Passed(machine.Transport is { } other ? $"not needed for {other}" : "not needed: no server is reached by it"),
        { Ssh: { } version } => Judgement.Passed(version),
        _ => Judgement.Error("there is no ssh", "install the OpenSSH client"),
    };

    private static Judgement EncryptionTool(MachineFacts machine) => machine switch
    {
        { EncryptionError: { } error } => Judgement.Error($"{error.What}: {error.Why}", error.Next),
        { EncryptionTool: { } tool } => Judgement.Passed($"{tool} encrypts for these recipients"),
        _ => Judgement.Passed("not asked for (--encrypt-to)"),
    };

    private static Judgement Directory(MachineFacts machine) => machine switch
    {
        { IsWritable: false } => Judgement.Error($"'{machine.Directory}' cannot be written", "change its owner, or name another --backup-directory"),
        { DirectoryExists: false } => Judgement.Warning($"'{machine.Directory}' does not exist yet", "the first Backup makes it",
            new Mending(MendingKind.DirectoryHere, machine.Directory, OwnerOnlyDirectory)),
        _ => Judgement.Passed(machine.Directory),
    };

    private static Judgement DirectoryMode(MachineFacts machine)
    {
        if (machine.DirectoryMode is not { } mode)
            return Judgement.Passed(machine.DirectoryExists ? "this system has no modes" : "it does not exist yet");
        if ((mode & ~OwnerOnlyDirectory) == 0)
            return Judgement.Passed(Convert.ToString(mode, 8));
        var found = $"'{machine.Directory}' has mode {Convert.ToString(mode, 8)}";
        return machine.HoldsOtherFiles
            ? Judgement.Warning($"{found}, and holds other files than backups", "give backups a directory of their own, or run: chmod 700")
            : Judgement.Warning(found, $"chmod 700 '{machine.Directory}'", new Mending(MendingKind.ModeHere, machine.Directory, OwnerOnlyDirectory));
    }

    private static Judgement ArchiveModes(MachineFacts machine) => machine.OpenArchives is { IsEmpty: false } open
        ? Judgement.Error($"others may read {(open.Length == 1 ? "an archive" : $"{open.Length} archives")}: {open[0]}",
            $"chmod 600 them, and take for known what was in them if others use this machine", [.. open.Select(path => new Mending(MendingKind.ModeHere, path, OwnerOnlyFile))])
        : Judgement.Passed("every archive is its owner's alone");

    private static Judgement Disk(DoctorFacts facts)
    {
        if (facts.Machine.Facts is not { } machine)
            return Judgement.NotChecked(facts.Machine.Reason);
        var last = facts.Backups.Facts?.Own.FirstOrDefault()?.SizeBytes ?? 0;
        var found = $"{Figures.Bytes(machine.FreeBytes)} free" + (last > 0 ? $", the newest backup has {Figures.Bytes(last)}" : "");
        const string next = "free disk space, lower --keep, or name another --backup-directory";
        return machine.FreeBytes < Math.Max(last, 1 << 20) ? Judgement.Error(found, next)
            : machine.FreeBytes < Math.Max(3 * last, last > 0 ? 0 : Enough) ? Judgement.Warning(found, next) : Judgement.Passed(found);
    }

    private static Judgement Clock(MachineFacts machine) => machine.IsClockSynchronised switch
    {
        true => Judgement.Passed("synchronised"),
        false => Judgement.Warning("the clock is not synchronised", "timedatectl set-ntp true"),
        null => Judgement.NotChecked("nothing here tells whether the clock is synchronised"),
    };

    private static Judgement Identity(MachineFacts machine) => machine.Identity switch
    {
        null => Judgement.Passed("no file is named by --identity"),
        { Exists: false } => Judgement.Error($"there is no file '{machine.Identity.Path}'", "mend --identity"),
        { IsOpen: true } open => Judgement.Error($"others may read '{open.Path}'", $"chmod 600 '{open.Path}'", new Mending(MendingKind.ModeHere, open.Path, OwnerOnlyFile)),
        _ => Judgement.Passed("its owner's alone"),
    };
}
