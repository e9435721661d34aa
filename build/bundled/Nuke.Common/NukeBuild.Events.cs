using System.Reflection;
using Nuke.Common.Execution;

namespace Nuke.Common;

public abstract partial class NukeBuild
{
    private IReadOnlyList<IBuildExtension> _extensions;

    internal IReadOnlyList<IBuildExtension> BuildExtensions => _extensions ??= FindExtensions();

    /// <summary>After the extensions on the build class, highest priority first, the build's own event method is called.</summary>
    internal void ExecuteExtension<TExtension>(Action<TExtension> action)
        where TExtension : IBuildExtension
    {
        foreach (var extension in BuildExtensions.OfType<TExtension>())
            action(extension);
    }

    protected internal virtual void OnBuildCreated()
    {
    }

    protected internal virtual void OnBuildInitialized()
    {
    }

    protected internal virtual void OnBuildFinished()
    {
    }

    protected internal virtual void OnTargetRunning(string target)
    {
    }

    protected internal virtual void OnTargetSkipped(string target)
    {
    }

    protected internal virtual void OnTargetSucceeded(string target)
    {
    }

    protected internal virtual void OnTargetFailed(string target)
    {
    }

    private List<IBuildExtension> FindExtensions()
    {
        var extensions = GetType().GetCustomAttributes<BuildExtensionAttributeBase>().ToList();
        foreach (var extension in extensions)
            extension.Build = this;

        return extensions.OrderByDescending(extension => extension.Priority).ToList<IBuildExtension>();
    }
}
