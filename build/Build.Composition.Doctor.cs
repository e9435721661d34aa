using RelayOps.Adapters.Machine;
using RelayOps.Adapters.Stores;
using RelayOps.Core.Encryption;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Doctor;

/// <summary>What Doctor looks at, and with what.</summary>
internal sealed partial class Composition
{
    private IDoctor Doctor => _build;

    public DoctorRequest DoctorRequest()
    {
        var status = StatusRequest();
        return new DoctorRequest
        {
            DeploymentPath = DeploymentPath,
            ServerName = status.ServerName,
            MaxAge = status.MaxAge,
            Retention = RetentionPolicy(),
            IsEncrypting = Encryption.EncryptTo is not null,
            Fix = Doctor.Fix,
            IsConfirmed = ((IHazRestore)_build).Confirm == "yes",
            DryRun = DryRun,
            Owner = Owner("Doctor"),
            LockWait = Duration.Parse(Server.LockWait),
        };
    }

    /// <exception cref="RelayOps.Core.RelayOpsException">--server is no server.</exception>
    public DoctorSources DoctorSources()
    {
        var login = Server.Server is null or "" or "local" ? null : new LoginLook(ConnectionTo(SshTarget.Parse(Server.Server), _secrets.SshKey));
        return new DoctorSources
        {
            Machine = new ThisMachine(new ThisMachineOptions
            {
                Directory = Store.Directory,
                Compression = Backup.Compression,
                CanCompress = Codecs.Names.Contains(Backup.Compression) && Codecs.Get(Backup.Compression).IsAvailable,
                IdentityFile = _secrets.IdentityFile is { } identity ? CallerPath.Resolve(identity) : null,
                TryEncryptionAsync = TryEncryptionAsync,
                Login = login,
            }),
            HasLogin = login is not null,
            OpenAsync = Server.Server is null or "" ? null : GetHostAsync,
            Stores = [.. GitHub.ShownNames.Select(DoctorStore)],
            LookAtGitHubAsync = GitHub.IsNamed ? token => GitHub.LookAsync(Encryption.EncryptTo is not null, token) : null,
            Compose = Compose,
            Reporter = Recorder,
            Time = Time,
        };
    }

    private DoctorStore DoctorStore(string name) => name.Equals(LocalDirectoryStore.StoreName, StringComparison.OrdinalIgnoreCase)
        ? new DoctorStore(Store.Name, IsRemote: false, () => Store)
        : new DoctorStore(name, IsRemote: true, () => GitHub.Stores.Single(store => store.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));

    private async Task<string?> TryEncryptionAsync(CancellationToken cancellationToken)
    {
        await PrepareEncryptionAsync(cancellationToken);
        return Encryption.EncryptTo is { } recipients ? EncryptionRecipients.Parse(recipients).Tool : null;
    }
}
