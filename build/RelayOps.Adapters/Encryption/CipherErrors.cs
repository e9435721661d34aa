using RelayOps.Core;

namespace RelayOps.Adapters.Encryption;

internal static class CipherErrors
{
    public static RelayOpsException Sealing(string tool, string said) => new(
        "cannot encrypt the backup", $"{tool} failed: {said}", "check --encrypt-to", ExitStatus.WrongUse);

    public static RelayOpsException Opening(string tool, string said, string next) => new(
        "cannot decrypt the archive", $"{tool} failed: {said}", next, ExitStatus.BadBackup);
}
