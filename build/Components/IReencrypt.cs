using Nuke.Common;

internal interface IReencrypt : IHazStores, IHazEncryption, IHazSignatures, IHazReporting, IHazOperations
{
    [Parameter("Passphrase that the backup gets, where --encrypt-to asks for one, in the environment variable NEW_PASSPHRASE. Default: as --passphrase"), Secret]
    string? NewPassphrase => TryGetValue(() => NewPassphrase);

    Target Reencrypt => _ => _
        .Description("Encrypts the backup of --backup-id anew, for --encrypt-to alone; what --identity or --passphrase opens")
        .Executes(() => Operations.ReencryptAsync());
}
