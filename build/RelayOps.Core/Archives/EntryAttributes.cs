namespace RelayOps.Core.Archives;

/// <summary>What an archive keeps of a file besides its content.</summary>
public sealed record EntryAttributes
{
    /// <summary>Below the archive's top folder, with '/', e.g. <c>redis_data/dump.rdb</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Permission bits alone, e.g. octal 0600.</summary>
    public required int Mode { get; init; }

    public required int UserId { get; init; }

    public required int GroupId { get; init; }

    public string UserName { get; init; } = "";

    public string GroupName { get; init; } = "";

    /// <summary>Kept to the second: tar has no more.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }
}
