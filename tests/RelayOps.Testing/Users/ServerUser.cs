namespace RelayOps.Testing.Users;

/// <summary>A user of the machine that plays the server, with a home of its own.</summary>
/// <param name="Name">The login name.</param>
/// <param name="Home">Absolute.</param>
/// <param name="KeyPath">A private key that logs this user in; readable for the test process alone.</param>
public sealed record ServerUser(string Name, string Home, string KeyPath);
