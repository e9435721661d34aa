using System.Collections.Immutable;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>How a check came out, from well to ill.</summary>
public enum CheckOutcome
{
    Passed,

    /// <summary>What it looks at could not be had; it says why.</summary>
    NotChecked,

    Warning,

    Error,
}

/// <summary>What a check makes of the facts.</summary>
/// <param name="Found">What was found, without any secret.</param>
/// <param name="Next">How to mend it; null where there is nothing to mend.</param>
public sealed record Judgement(CheckOutcome Outcome, string Found, string? Next = null)
{
    /// <summary>What <c>--fix</c> would do; empty where only a person can mend it.</summary>
    public ImmutableArray<Mending> Fixes { get; init; } = [];

    public static Judgement Passed(string found) => new(CheckOutcome.Passed, found);

    public static Judgement NotChecked(string why) => new(CheckOutcome.NotChecked, why);

    public static Judgement Warning(string found, string next, params ImmutableArray<Mending> fixes) =>
        new(CheckOutcome.Warning, found, next) { Fixes = fixes };

    public static Judgement Error(string found, string next, params ImmutableArray<Mending> fixes) =>
        new(CheckOutcome.Error, found, next) { Fixes = fixes };
}

/// <summary>One thing that is looked at: a pure judgement over what was gathered, so that it is seen failing and passing without a server.</summary>
/// <param name="Id">Stable, e.g. <c>redis.last-save</c>: the group, and what in it.</param>
/// <param name="Why">Why it matters.</param>
public sealed record DoctorCheck(string Id, string Why, Func<DoctorFacts, Judgement> Judge)
{
    public string Group => Id[..Id.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>Judges the facts of a group, and says why not where there are none.</summary>
    public static DoctorCheck Of<T>(string id, string why, Func<DoctorFacts, Gathered<T>> group, Func<T, Judgement> judge)
        where T : class => new(id, why, facts => group(facts) is { Facts: { } found } ? judge(found) : Judgement.NotChecked(group(facts).Reason));

    /// <summary>Judges whether the facts of a group could be had at all: the one check that tells its error.</summary>
    public static DoctorCheck Gate<T>(string id, string why, Func<DoctorFacts, Gathered<T>> group, Func<T, Judgement> judge)
        where T : class => new(id, why, facts => group(facts) switch
        {
            { Facts: { } found } => judge(found),
            { Error: { } error } => Judgement.Error($"{error.What}: {error.Why}", error.Next),
            var none => Judgement.NotChecked(none.Reason),
        });
}

/// <summary>A check and what it came to.</summary>
public sealed record CheckResult(DoctorCheck Check, Judgement Judgement)
{
    public CheckOutcome Outcome => Judgement.Outcome;
}

/// <summary>What <c>--fix</c> may do: nothing that could lose or expose anything.</summary>
public enum MendingKind
{
    /// <summary>The mode of a file or directory of this machine.</summary>
    ModeHere,

    /// <summary>A directory of the local store.</summary>
    DirectoryHere,

    /// <summary>The mode of a file of the deployment.</summary>
    ModeThere,

    /// <summary>An operation that broke off is finished or undone by its journal; this may stop and start the service.</summary>
    Recovery,
}

/// <param name="Target">A path; for files of the deployment relative to it.</param>
/// <param name="Mode">Permission bits; of modes and directories.</param>
public sealed record Mending(MendingKind Kind, string Target, int Mode = 0)
{
    public override string ToString() => Kind switch
    {
        MendingKind.ModeHere => $"here: chmod {Octal} '{Target}'",
        MendingKind.DirectoryHere => $"here: mkdir -m {Octal} '{Target}'",
        MendingKind.ModeThere => $"there: chmod {Octal} '{Target}'",
        _ => "there: finish or undo the interrupted operation by its journal",
    };

    /// <summary>It touches more than modes and directories.</summary>
    public bool NeedsConfirmation => Kind == MendingKind.Recovery;

    /// <summary>As chmod takes it.</summary>
    public string Octal => Convert.ToString(Mode, 8);
}
