using RelayOps.Core.Operations.Verification;

namespace RelayOps.Adapters.Drills;

internal static class LayoutArguments
{
    /// <summary>For redis-server.</summary>
    public static IReadOnlyList<string> Arguments(this DrillLayout layout)
    {
        if (layout.AppendFileName is not { } name)
            return ["--appendonly", "no"];
        string[] append = ["--appendonly", "yes", "--appendfilename", name];
        return layout.AppendDirectory is { } folder ? [.. append, "--appenddirname", folder] : append;
    }
}
