using RelayOps.Adapters.Stores.Rclone;

namespace RelayOps.Adapters.Stores;

/// <summary>The stores that <c>--store</c> names.</summary>
public static class StoreList
{
    private const char Separator = '+';

    /// <summary>A plus sign within an option of rclone's, as keys have it, separates nothing.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var stores = new List<string>();
        foreach (var part in text.Split(Separator))
        {
            if (stores is [.., var last] && IsRclone(last) && RcloneRemote.IsUnfinished(last[RcloneStore.Prefix.Length..]))
                stores[^1] = last + Separator + part;
            else
                stores.Add(part);
        }

        return stores;
    }

    /// <summary>Whether one of them holds what must not be seen.</summary>
    public static bool HoldsSecret(string text) => Split(text).Any(store => IsRclone(store) && RcloneRemote.HoldsSecret(store.Trim()[RcloneStore.Prefix.Length..]));

    /// <summary>What must never be shown of them.</summary>
    public static IEnumerable<string> Secrets(string text) =>
        Split(text).Where(IsRclone).SelectMany(store => RcloneRemote.SecretsOf(store.Trim()[RcloneStore.Prefix.Length..]));

    /// <summary>A store's name as it may be shown, whether or not there is such a store.</summary>
    public static string Shown(string store) => IsRclone(store) ? RcloneStore.Prefix + RcloneRemote.ShownOf(store[RcloneStore.Prefix.Length..]) : store;

    private static bool IsRclone(string store) => store.TrimStart().StartsWith(RcloneStore.Prefix, StringComparison.OrdinalIgnoreCase);
}
