namespace Nuke.Common.Tooling;

/// <summary>Changes options and hands them back.</summary>
public delegate T Configure<T>(T options);
