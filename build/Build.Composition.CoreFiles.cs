using RelayOps.Adapters.Machine;

/// <summary>What comes before everything else.</summary>
internal sealed partial class Composition
{
    /// <summary>Secrets come with the environment, so from the first line on no death of this process may leave its memory on a disk.</summary>
    public static void ForbidCoreFiles() => CoreFiles.Forbid();
}
