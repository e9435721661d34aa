using RelayOps.Core;

namespace RelayOps.Adapters.Signatures;

internal static class SignatureErrors
{
    public static RelayOpsException NotTrusted(string why) => new("the backup is not trusted", why,
        "use another copy or another backup; somebody may have put this one into the store", ExitStatus.BadBackup);
}
