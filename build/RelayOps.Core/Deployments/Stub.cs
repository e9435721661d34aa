namespace RelayOps.Core.Deployments;
public sealed record DotEnv(string Text) { public static DotEnv Parse(string text) => new(text); public string? Find(string name) => Text.Split('\n').Where(l => l.StartsWith(name + "=", StringComparison.Ordinal)).Select(l => l[(name.Length + 1)..]).FirstOrDefault(); }
public interface IComposeParser { ComposeFile Parse(string text); }
public sealed record ComposeFile(System.Collections.Immutable.ImmutableArray<string> ReferencedPaths);
