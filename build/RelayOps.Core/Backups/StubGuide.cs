namespace RelayOps.Core.Backups;
public static class RecoveryGuide { public static string For(Manifest manifest, string archive) => ""; }
