namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// Who owns a file on the new server: users of containers keep their numbers, since the images are the same; what belonged to the old ssh
/// user belongs to the new one. Root is nobody's ssh user here: inside containers it has the same number everywhere.
/// </summary>
public sealed record OwnerMap(int OldUser, int OldGroup, int NewUser, int NewGroup)
{
    public int User(int id) => id == OldUser && id != 0 ? NewUser : id;

    public int Group(int id) => id == OldGroup && id != 0 ? NewGroup : id;
}
