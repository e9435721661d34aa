namespace RelayOps.Core.Deployments;

/// <summary>
/// A way to make, own, rename and delete any file of a deployment, whoever owns it. The rights that made a file must be able to
/// delete it, and only root gives files to the user that Redis runs as.
/// </summary>
public static class OwnerRoute
{
    /// <summary>
    /// As root itself, through sudo, in a throwaway container of an image that is there, which sees the directory at its own path, or as the
    /// user where all of it is theirs.
    /// </summary>
    /// <exception cref="RelayOpsException">There is none (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static FileRoute Get(ServerSurvey survey, IReadOnlyList<Container> containers, string hostName) =>
        Get(survey, FindImage(containers), hostName);

    /// <param name="imageId">One that has a shell and tar; null where there is none.</param>
    /// <inheritdoc cref="Get(ServerSurvey, IReadOnlyList{Container}, string)"/>
    public static FileRoute Get(ServerSurvey survey, string? imageId, string hostName)
    {
        if (survey.User == "root")
            return FileRoute.Direct(survey.Path);
        if (survey.CanSudo)
            return FileRoute.Sudo(survey.Path);
        if (survey.Docker is { } docker && imageId is { } image)
            return new FileRoute("in a container of its own", survey.Path, [.. docker.ThrowawayAsRoot(image, survey.Path)]);
        // Owners other than this one cannot be given then: staging checks that, before anything is changed.
        if (survey.IsOwned)
            return FileRoute.Direct(survey.Path);
        throw new RelayOpsException($"cannot replace files of {survey.Path} on {hostName}",
            $"{survey.User} is not root, has no passwordless sudo, and no image of the deployment is there to do it in a container",
            $"allow {survey.User} sudo without a password, or start the deployment once (docker compose up -d)", ExitStatus.WrongUse);
    }

    /// <summary>The one of Redis is the smallest, and has a shell and tar.</summary>
    private static string? FindImage(IReadOnlyList<Container> containers) => containers
        .OrderByDescending(container => container.RunsRedis).Select(container => container.ImageId).FirstOrDefault(id => id.Length > 0);
}
