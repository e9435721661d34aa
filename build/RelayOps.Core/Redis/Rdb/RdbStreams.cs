namespace RelayOps.Core.Redis.Rdb;

/// <summary>Streams in the four forms they have had since Redis 5 (redis, src/rdb.c and src/t_stream.c).</summary>
internal sealed class RdbStreams(RdbInput input, RdbNotes notes)
{
    private const int IdBytes = 16;
    private const long SameFields = 2;
    private const int MostPending = 500_000;

    private readonly HashSet<UInt128> _pending = [];
    private readonly Scratch _id = new();
    private readonly Scratch _listpack = new();

    public void Read(RdbType type)
    {
        var listpacks = input.ReadLength();
        for (var left = listpacks; left > 0; left--)
            ReadListpack();
        var length = input.ReadLength();
        if (length > 0 && listpacks == 0)
            throw input.Source.Damage($"a stream of {length} entries that has none");
        SkipId();
        if (type >= RdbType.StreamListpacks2)
        {
            SkipId();
            SkipId();
            _ = input.ReadLength();
        }

        for (var groups = input.ReadLength(); groups > 0; groups--)
            ReadGroup(type);
        if (type >= RdbType.StreamListpacks4)
            ReadProducers();
    }

    private void SkipId()
    {
        _ = input.ReadLength();
        _ = input.ReadLength();
    }

    private void ReadListpack()
    {
        if (!input.TryReadString(_id, IdBytes, out var id) || id.Length != IdBytes)
            throw input.Source.Damage("a stream node whose name is no stream id");
        var begin = input.Source.Offset;
        if (!input.TryReadString(_listpack, RdbInput.LargestWhole, out var bytes))
            notes.Add($"packed values above {RdbInput.LargestWhole >> 20} MiB were not looked into");
        else if (FindFlaw(bytes) is { } flaw)
            throw input.Source.Damage(flaw, begin);
    }

    /// <summary>
    /// The master entry (counts of entries and deleted ones, the usual fields, 0), then per entry: flags, id, its fields unless they are the usual
    /// ones, its values, and how many elements that were.
    /// </summary>
    private static string? FindFlaw(ReadOnlySpan<byte> bytes)
    {
        var pack = new Listpack(bytes);
        if (!TryNumber(ref pack, out var entries) || !TryNumber(ref pack, out var deleted) || !TryNumber(ref pack, out var usual)
            || !TrySkip(ref pack, usual) || !TryNumber(ref pack, out var zero) || zero != 0)
            return pack.Flaw ?? "a stream node without a master entry";
        if (entries < 0 || deleted < 0)
            return "a stream node with less than no entries";
        for (var left = (ulong)entries + (ulong)deleted; left > 0; left--)
            if (!TrySkipEntry(ref pack, usual))
                return pack.Flaw ?? "a stream entry that is cut off";
        return pack.TryNext(out _) ? "a stream node with more than its entries" : pack.Flaw;
    }

    private static bool TrySkipEntry(ref Listpack pack, long usual)
    {
        var begin = pack.Count;
        if (!TryNumber(ref pack, out var flags) || !TryNumber(ref pack, out _) || !TryNumber(ref pack, out _))
            return false;
        var fields = usual;
        if ((flags & SameFields) == 0 && (!TryNumber(ref pack, out fields) || !TrySkip(ref pack, fields)))
            return false;
        return TrySkip(ref pack, fields) && TryNumber(ref pack, out var elements) && elements == pack.Count - 1 - begin;
    }

    private static bool TryNumber(ref Listpack pack, out long number)
    {
        var found = pack.TryNext(out var element);
        number = element.Number;
        return found && element.IsNumber;
    }

    private static bool TrySkip(ref Listpack pack, long count)
    {
        while (count-- > 0)
            if (!pack.TryNext(out _))
                return false;
        return true;
    }

    private void ReadGroup(RdbType type)
    {
        input.SkipString();
        SkipId();
        if (type >= RdbType.StreamListpacks2)
            _ = input.ReadLength();
        var isTracked = ReadPending(input.ReadLength());
        for (var consumers = input.ReadLength(); consumers > 0; consumers--)
        {
            input.SkipString();
            input.Source.Skip(type >= RdbType.StreamListpacks3 ? 2UL * sizeof(long) : sizeof(long));
            for (var pending = input.ReadLength(); pending > 0; pending--)
                if (!_pending.Remove(ReadId()) && isTracked)
                    throw input.Source.Damage("a consumer that owes an entry which its group, or another consumer, has already settled");
        }
    }

    /// <summary>The entries that a group handed out and that nobody has acknowledged. False when there are too many to remember.</summary>
    private bool ReadPending(ulong count)
    {
        _pending.Clear();
        for (var left = count; left > 0; left--)
        {
            var id = ReadId();
            if (_pending.Count < MostPending && !_pending.Add(id))
                throw input.Source.Damage("an entry that a group handed out twice");
            input.Source.Skip(sizeof(long));
            _ = input.ReadLength();
        }

        return count <= MostPending;
    }

    private UInt128 ReadId() => new(input.Source.ReadUInt64BigEndian(), input.Source.ReadUInt64BigEndian());

    /// <summary>How long and how many ids of producers are remembered, and they themselves, since version 13.</summary>
    private void ReadProducers()
    {
        _ = input.ReadLength();
        _ = input.ReadLength();
        for (var producers = input.ReadLength(); producers > 0; producers--)
        {
            input.SkipString();
            for (var entries = input.ReadLength(); entries > 0; entries--)
            {
                input.SkipString();
                SkipId();
            }
        }

        _ = input.ReadLength();
        _ = input.ReadLength();
    }
}
