using RelayOps.Core.Backups;

namespace RelayOps.Core.Archives;

/// <summary>An entry as it was found in an archive.</summary>
public sealed record ArchiveEntry
{
    /// <summary>Below the top folder; checked: relative, inside, without <c>.</c> and <c>..</c>.</summary>
    public required string Path { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary>In bytes; 0 for all but files.</summary>
    public required long Size { get; init; }

    /// <summary>Permission bits alone.</summary>
    public required int Mode { get; init; }

    public required int UserId { get; init; }

    public required int GroupId { get; init; }

    public string UserName { get; init; } = "";

    public string GroupName { get; init; } = "";

    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Where a link leads, checked; for hard links the <see cref="Path"/> of a file that came before.</summary>
    public string? Target { get; init; }

    /// <summary>Of files: readable once, until the next entry is asked for. Empty for all else.</summary>
    public required Stream Content { get; init; }
}
