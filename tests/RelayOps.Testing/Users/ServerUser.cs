namespace RelayOps.Testing.Users;

/// <summary>A user of the machine that plays the server. Its shell finds the bed's docker daemon by itself.</summary>
/// <param name="Name">The login name; the bed's sshd lets it in with the bed's key.</param>
/// <param name="Home">Absolute; below the bed's directory, so that nothing of it stays.</param>
public sealed record ServerUser(string Name, string Home);
