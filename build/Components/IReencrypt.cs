using Nuke.Common;

internal interface IReencrypt : IHazStores, IHazEncryption, IHazSignatures, IHazReporting, IHazOperations
{
    Target Reencrypt => _ => _
        .Description("Encrypts the backup of --backup-id anew, for --encrypt-to alone; what --identity or --passphrase opens")
        .Executes(() => Operations.ReencryptAsync());
}
