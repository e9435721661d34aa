using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Verification;

/// <summary>What verification looks for in a file, known by its place.</summary>
internal enum EntryRole
{
    /// <summary>Bytes, whose hash is all that can be said.</summary>
    Plain,
    Dump,
    AppendOnly,
    Text,
}

internal static class EntryRoles
{
    private const string RedisData = "redis_data/";

    public static EntryRole Of(string path)
    {
        if (path == ".env" || ComposeFile.Names.Contains(path))
            return EntryRole.Text;
        if (!path.StartsWith(RedisData, StringComparison.Ordinal))
            return EntryRole.Plain;
        var name = path[(path.LastIndexOf('/') + 1)..];
        // A killed save or rewrite leaves its half behind; Redis never reads it.
        if (name.StartsWith("temp-", StringComparison.Ordinal))
            return EntryRole.Plain;
        if (name.EndsWith(".manifest", StringComparison.Ordinal))
            return EntryRole.Text;
        return name.EndsWith(".rdb", StringComparison.Ordinal) ? EntryRole.Dump
            : name.EndsWith(".aof", StringComparison.Ordinal) ? EntryRole.AppendOnly : EntryRole.Plain;
    }
}
