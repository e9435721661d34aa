using System.Collections.Immutable;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Operations.Verification;

/// <param name="Service">Healthy; null where it could not be started here, which says nothing against the backup.</param>
/// <param name="NotBooted">Why not.</param>
public sealed record ServiceBoot(IDrilledService? Service, string? NotBooted);

/// <summary>The service, up on a backup's data. Disposing ends and removes it.</summary>
public interface IDrilledService : IAsyncDisposable
{
    ImmutableArray<DrilledImage> Images { get; }

    /// <summary>From the start of Redis until it had loaded everything, and from then on until the service was healthy.</summary>
    (double Redis, double Service) Seconds { get; }

    /// <summary>The HTTP status of a client's request; null where none could be read.</summary>
    Task<int?> FindStatusAsync(string apiKey, CancellationToken cancellationToken);

    /// <summary>Enters a hash into the map for a stored key's record that is active, does not expire and belongs to no user.</summary>
    /// <returns>False when there is no such record.</returns>
    Task<bool> PlantAsync(string hash, CancellationToken cancellationToken);
}
