namespace RelayOps.Core.Stores;

/// <summary>A repository on GitHub, as <c>--repository</c> names it: <c>owner/name</c>.</summary>
public sealed record GitHubRepository
{
    private GitHubRepository(string owner, string name)
    {
        Owner = owner;
        Name = name;
    }

    public string Owner { get; }

    public string Name { get; }

    /// <exception cref="RelayOpsException">The text is no <c>owner/name</c> (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static GitHubRepository Parse(string text) =>
        text.Split('/') is [var owner, var name] && IsName(owner) && IsName(name)
            ? new GitHubRepository(owner, name)
            : throw new RelayOpsException($"'{text}' is no repository", "a repository has the form owner/name", "mend --repository", ExitStatus.WrongUse);

    public override string ToString() => $"{Owner}/{Name}";

    /// <summary>Nothing that means something in an address.</summary>
    private static bool IsName(string text) =>
        text is { Length: > 0 and <= 100 } and not ("." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
