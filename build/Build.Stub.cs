internal static class CommandLine { public static int? Refuse(System.Type type, string[] a) => null; }
[System.AttributeUsage(System.AttributeTargets.All)] sealed class OneOfAttribute(params string[] values) : System.Attribute { public string[] Values => values; }
[System.AttributeUsage(System.AttributeTargets.All)] sealed class DurationAttribute : System.Attribute { }
internal static class Duration { public static TimeSpan Parse(string t) => t.EndsWith('m') ? TimeSpan.FromMinutes(int.Parse(t[..^1])) : TimeSpan.FromSeconds(int.Parse(t[..^1])); }
internal sealed class StubCompose : RelayOps.Core.Deployments.IComposeParser { public RelayOps.Core.Deployments.ComposeFile Parse(string t) => new([]); }
