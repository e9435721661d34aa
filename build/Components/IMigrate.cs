using Nuke.Common;

internal interface IMigrate : IHazRestore, IBackup, IVerify
{
    [Parameter("[user@]host[:port] of the server that takes the deployment over")]
    string? NewServer => TryGetValue(() => NewServer);

    [Parameter("Directory of the deployment on the new server; '~' is that user's home. Default: as --deployment-path")]
    string? NewDeploymentPath => TryGetValue(() => NewDeploymentPath);

    [Parameter("Private key for the new server: a path, or its text in the environment variable NEW_SSH_KEY. Default: as --ssh-key"), SecretOrPath]
    string? NewSshKey => TryGetValue(() => NewSshKey);

    [Parameter("Port of the service on the new server (PORT in .env). Default: as on the old one")]
    int? NewPort => TryGetValue<int?>(() => NewPort);

    [Parameter("What compose calls the containers on the new server (COMPOSE_PROJECT_NAME in .env). Default: as .env or the directory says")]
    string? NewProjectName => TryGetValue(() => NewProjectName);

    [Parameter("Sends the data straight from the old server to the new one, where the old one can reach it")]
    bool Direct => TryGetValue<bool?>(() => Direct) ?? false;

    [Parameter("Keeps a verified backup of the old server, made before anything is moved")]
    bool KeepArchive => TryGetValue<bool?>(() => KeepArchive) ?? false;

    [Parameter("Installs Docker and Compose on the new server from the distribution's packages, where they are missing")]
    bool InstallDocker => TryGetValue<bool?>(() => InstallDocker) ?? false;

    Target Migrate => _ => _
        .Description("Moves the deployment to --new-server; with --backup-id and no --server it rebuilds a lost server from a backup")
        .Executes(() => Operations.MigrateAsync());
}
