namespace RelayOps.Core.Redis.Rdb;

/// <summary>Checks a packed collection from end to end, and hands out the fields of a wanted hash on the way.</summary>
internal static class PackedCollection
{
    /// <param name="type">How it is packed, and what it is; a node of a list is packed as a set's members.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="wanted">Null unless it is a hash whose fields are to be handed out.</param>
    public static (long Elements, string? Flaw) Walk(RdbType type, ReadOnlySpan<byte> bytes, RdbRecord? wanted)
    {
        switch (type)
        {
            case RdbType.SetIntset:
                return (1, Intset.FindFlaw(bytes));
            case RdbType.HashZipmap:
                var zipmap = new Zipmap(bytes);
                return Walk(ref zipmap, 2, wanted);
            case RdbType.ListZiplist or RdbType.SortedSetZiplist or RdbType.HashZiplist:
                var ziplist = new Ziplist(bytes);
                return Walk(ref ziplist, type == RdbType.ListZiplist ? 1 : 2, wanted);
            default:
                var listpack = new Listpack(bytes);
                var group = type is RdbType.SetListpack ? 1 : type is RdbType.HashListpackEx or RdbType.HashListpackExPreRelease ? 3 : 2;
                return Walk(ref listpack, group, wanted);
        }
    }

    /// <param name="walker">At its beginning.</param>
    /// <param name="group">Elements that belong together: 2 for field and value, or member and score; 3 with an expiry.</param>
    /// <param name="wanted">As above.</param>
    private static (long Elements, string? Flaw) Walk<TWalker>(ref TWalker walker, int group, RdbRecord? wanted)
        where TWalker : struct, IPackedWalker, allows ref struct
    {
        if (wanted is not null)
            HandOut(ref walker, group, wanted);
        while (walker.TryNext(out _))
        {
        }

        return (walker.Count, walker.Flaw ?? (walker.Count % group == 0 ? null : "a packed collection with half an entry"));
    }

    private static void HandOut<TWalker>(ref TWalker walker, int group, RdbRecord wanted)
        where TWalker : struct, IPackedWalker, allows ref struct
    {
        var field = new Scratch();
        var number = new Scratch();
        while (walker.TryNext(out var name))
        {
            field.Set(name.Text(number));
            if (!walker.TryNext(out var value))
                return;
            wanted.Field(field.Span, value.Text(number));
            for (var rest = group; rest > 2; rest--)
                if (!walker.TryNext(out _))
                    return;
        }
    }
}
