namespace Nuke.Common.Execution;

/// <summary>A target failed and said so already.</summary>
internal sealed class TargetExecutionException(string targetName, Exception inner)
    : Exception($"Target '{targetName}' has thrown an exception.", inner);
