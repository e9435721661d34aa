using System.Buffers.Text;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>Reads the value of a key, whatever its encoding, and hands out what the visitor asked for.</summary>
internal sealed class RdbValues(RdbInput input, RdbRecord record, RdbNotes notes)
{
    /// <summary>The last millisecond that a hash field may live to: 48 bits (redis, src/ebuckets.h).</summary>
    private const ulong LatestFieldExpiry = 0x0000_FFFF_FFFF_FFFF;

    private readonly Scratch _first = new();
    private readonly Scratch _second = new();
    private readonly RdbStreams _streams = new(input, notes);
    private readonly RdbModules _modules = new(input, notes);

    /// <summary>False when the key has no element, so that Redis drops it.</summary>
    public bool Read(byte code)
    {
        var type = (RdbType)code;
        switch (type)
        {
            case RdbType.String:
                ReadString();
                return true;
            case RdbType.List or RdbType.Set:
                return ReadStrings();
            case RdbType.SortedSet or RdbType.SortedSet2:
                return ReadSortedSet(type == RdbType.SortedSet2);
            case RdbType.Hash or RdbType.HashMetadata or RdbType.HashMetadataPreRelease:
                return ReadHash(type);
            case RdbType.ListQuicklist or RdbType.ListQuicklist2:
                return ReadQuicklist(type == RdbType.ListQuicklist2);
            case RdbType.StreamListpacks or RdbType.StreamListpacks2 or RdbType.StreamListpacks3 or RdbType.StreamListpacks4:
                _streams.Read(type);
                return true;
            case RdbType.Module2:
                _modules.SkipValue();
                return true;
            case RdbType.ModulePreRelease:
                throw input.Source.Damage("a module value of a Redis 4.0 release candidate, which no Redis can load");
            default:
                return ReadPacked(type);
        }
    }

    private void ReadString()
    {
        if (!record.IsWanted)
            input.SkipString();
        else if (input.TryReadString(_first, IRdbVisitor.LongestValue, out var value))
            record.Value(value);
    }

    private bool ReadStrings()
    {
        var count = input.ReadLength();
        for (var left = count; left > 0; left--)
            input.SkipString();
        return count > 0;
    }

    private bool ReadSortedSet(bool isBinary)
    {
        var count = input.ReadLength();
        for (var left = count; left > 0; left--)
        {
            input.SkipString();
            var score = isBinary ? BitConverter.UInt64BitsToDouble(input.Source.ReadUInt64LittleEndian()) : ReadDecimalScore();
            if (double.IsNaN(score))
                throw input.Source.Damage("a score that is not a number");
        }

        return count > 0;
    }

    private double ReadDecimalScore()
    {
        var length = input.Source.ReadByte();
        if (length >= 253)
            return length == 253 ? double.NaN : length == 254 ? double.PositiveInfinity : double.NegativeInfinity;
        var text = input.Source.Take(length, _first);
        return Utf8Parser.TryParse(text, out double score, out var used) && used == text.Length
            ? score
            : throw input.Source.Damage("a score that is no number");
    }

    private bool ReadHash(RdbType type)
    {
        var earliest = type == RdbType.HashMetadata ? input.Source.ReadUInt64LittleEndian() : 0;
        var count = input.ReadLength();
        for (var left = count; left > 0; left--)
        {
            if (type != RdbType.Hash)
                CheckFieldExpiry(earliest, input.ReadLength(), isRelative: type == RdbType.HashMetadata);
            ReadField();
        }

        return count > 0;
    }

    /// <summary>0 stays; else milliseconds since 1970, or one more than the milliseconds after the hash's earliest.</summary>
    private void CheckFieldExpiry(ulong earliest, ulong expiry, bool isRelative)
    {
        if (earliest > LatestFieldExpiry + 1 || expiry > LatestFieldExpiry + 1
            || (isRelative && expiry > 0 && earliest + expiry - 1 > LatestFieldExpiry) || (!isRelative && expiry > LatestFieldExpiry))
            throw input.Source.Damage("a hash field that expires later than any can");
    }

    private void ReadField()
    {
        if (!record.IsWanted)
        {
            input.SkipString();
            input.SkipString();
            return;
        }

        // Copied, because reading the value may take the block that the field lies in.
        var hasField = input.TryReadString(_first, IRdbVisitor.LongestValue, out var field);
        _second.Set(field);
        if (input.TryReadString(_first, IRdbVisitor.LongestValue, out var value) && hasField)
            record.Field(_second.Span, value);
    }

    private bool ReadQuicklist(bool isSecond)
    {
        long elements = 0;
        for (var nodes = input.ReadLength(); nodes > 0; nodes--)
        {
            var container = isSecond ? input.ReadLength() : 2;
            if (container is not (1 or 2))
                throw input.Source.Damage($"{container} is no kind of list node");
            if (container == 2)
                elements += ReadPackedNode(isSecond ? RdbType.SetListpack : RdbType.ListZiplist, isHash: false);
            else if (input.SkipString())
                elements++;
            else
                throw input.Source.Damage("a list node of nothing");
        }

        return elements > 0;
    }

    private bool ReadPacked(RdbType type)
    {
        if (type == RdbType.HashListpackEx)
            _ = input.Source.ReadUInt64LittleEndian();
        var isHash = type is RdbType.HashZipmap or RdbType.HashZiplist or RdbType.HashListpack or RdbType.HashListpackEx or RdbType.HashListpackExPreRelease;
        return ReadPackedNode(type, isHash) > 0;
    }

    /// <summary>How many elements it has; one that is too big to look into counts as one.</summary>
    private long ReadPackedNode(RdbType type, bool isHash)
    {
        var begin = input.Source.Offset;
        if (!input.TryReadString(_first, RdbInput.LargestWhole, out var bytes))
        {
            notes.Add($"packed values above {RdbInput.LargestWhole >> 20} MiB were not looked into");
            return 1;
        }

        var (elements, flaw) = PackedCollection.Walk(type, bytes, isHash && record.IsWanted ? record : null);
        return flaw is null ? elements : throw input.Source.Damage(flaw, begin);
    }
}
