namespace RelayOps.Core.Redis.Rdb;

/// <summary>The frame of an RDB: magic, opcodes, keys, checksum (redis, src/rdb.c, rdbLoadRioWithLoadingCtx).</summary>
internal sealed class RdbParser
{
    public const int MagicBytes = 9;

    /// <summary>
    /// The first with a checksum (Redis 2.6). Older ones are refused, because a single flipped bit turns a 9 into a 1, and the checksum off.
    /// </summary>
    private const int OldestVersion = 5;
    private const int NewestVersion = 13;
    private const byte UnusedType = 8;
    private const int FirstVersionWithKeyMetadata = 13;

    /// <summary>Redis' default is 16. A bound, so that a file that invents databases cannot fill memory.</summary>
    private const int MostDatabases = 1 << 16;

    private readonly ByteSource _source;
    private readonly RdbInput _input;
    private readonly RdbRecord _record;
    private readonly RdbNotes _notes = new();
    private readonly RdbValues _values;
    private readonly RdbModules _modules;
    private readonly KeyCounter _counter = new();
    private readonly Scratch _scratch = new();
    private int _version;
    private string? _redisVersion;
    private long _functions;

    public RdbParser(ByteSource source, IRdbVisitor? visitor)
    {
        _source = source;
        _input = new RdbInput(source);
        _record = new RdbRecord(visitor);
        _values = new RdbValues(_input, _record, _notes);
        _modules = new RdbModules(_input, _notes);
    }

    public RdbSummary Read()
    {
        var begin = _source.Offset;
        _source.StartChecksum();
        ReadMagic();
        for (var code = _source.ReadByte(); code != RdbOpcode.EndOfFile; code = _source.ReadByte())
        {
            // 0 to 26 are types of values; nothing between them and the opcodes has a meaning.
            if (code < RdbOpcode.KeyMetadata)
                ReadKey(code);
            else
                ReadOpcode(code);
        }

        var hasChecksum = CheckChecksum();
        if (!hasChecksum)
            _notes.Add("it carries no checksum (rdbchecksum no): damage inside values would go unseen");
        return new RdbSummary
        {
            Version = _version,
            RedisVersion = _redisVersion,
            Counts = _counter.Counts(),
            LengthBytes = _source.Offset - begin,
            HasChecksum = hasChecksum,
            Functions = _functions,
            Notes = _notes.ToImmutable(),
        };
    }

    private void ReadMagic()
    {
        var magic = _source.Take(MagicBytes, _scratch);
        if (!magic.StartsWith("REDIS"u8))
            throw _source.Damage("it does not begin with REDIS, so it is no RDB", 0);
        foreach (var digit in magic[5..])
            _version = digit is >= (byte)'0' and <= (byte)'9' ? (_version * 10) + digit - '0' : throw _source.Damage("its version is no number", 5);
        if (_version is < OldestVersion or > NewestVersion)
            throw new RelayOpsException("the RDB cannot be read", $"its format is version {_version}; versions {OldestVersion} to {NewestVersion} are known",
                "use a newer RelayOps for a newer redis, or another backup", ExitStatus.BadBackup);
    }

    private void ReadKey(byte code)
    {
        if (code is > (byte)RdbType.StreamListpacks4 or UnusedType)
            throw _source.Damage($"{code} is neither an opcode nor a type of value", _source.Offset - 1);
        var begin = _source.Offset - 1;
        var isWhole = _input.TryReadString(_scratch, IRdbVisitor.LongestValue, out var key);
        _record.Begin(key, isWhole);
        if (_record.IsDigested)
            _source.StartDigest(code);
        if (_values.Read(code))
        {
            _counter.Add(_record.Database, _record.Prefix, _record.Expiry is not null);
            _record.End(_source.Offset - begin, _record.IsDigested ? _source.Digest() : 0);
        }
        else
        {
            _notes.AddEmptyKey();
        }

        _record.Expiry = null;
    }

    private void ReadOpcode(byte code)
    {
        switch (code)
        {
            case RdbOpcode.ExpireMilliseconds:
                _record.Expiry = (long)_source.ReadUInt64LittleEndian();
                break;
            case RdbOpcode.ExpireSeconds:
                _record.Expiry = (int)_source.ReadUInt32LittleEndian() * 1000L;
                break;
            case RdbOpcode.SelectDatabase:
                SelectDatabase(_input.ReadLength());
                break;
            case RdbOpcode.Idle:
                _ = _input.ReadLength();
                break;
            case RdbOpcode.Frequency:
                _ = _source.ReadByte();
                break;
            case RdbOpcode.ResizeDatabase:
                SkipLengths(2);
                break;
            case RdbOpcode.SlotInfo:
                SkipLengths(3);
                break;
            case RdbOpcode.KeyMetadata when _version < FirstVersionWithKeyMetadata:
                throw _source.Damage($"{code} is no opcode of version {_version}", _source.Offset - 1);
            default:
                ReadBesideKeys(code);
                break;
        }
    }

    private void ReadBesideKeys(byte code)
    {
        switch (code)
        {
            case RdbOpcode.Aux:
                ReadAux();
                break;
            case RdbOpcode.KeyMetadata:
                _modules.SkipKeyMetadata();
                break;
            case RdbOpcode.ModuleAux:
                _modules.SkipAux();
                break;
            case RdbOpcode.Function2:
                _functions++;
                _input.SkipString();
                break;
            case RdbOpcode.FunctionPreRelease:
                _functions++;
                SkipOldFunction();
                break;
        }
    }

    private void SkipLengths(int count)
    {
        while (count-- > 0)
            _ = _input.ReadLength();
    }

    private void SelectDatabase(ulong database) => _record.Database =
        database < MostDatabases ? (int)database : throw _source.Damage($"{database} is no number of a database");

    private void ReadAux()
    {
        var name = _input.ReadText(_scratch, 64);
        if (name == "redis-ver")
            _redisVersion = _input.ReadText(_scratch, 64);
        else
            _input.SkipString();
    }

    /// <summary>As release candidates of Redis 7.0 wrote it: name, engine, perhaps a description, code.</summary>
    private void SkipOldFunction()
    {
        _notes.Add("functions in the form of a Redis 7.0 release candidate, which released versions refuse to load");
        _input.SkipString();
        _input.SkipString();
        if (_input.ReadLength() != 0)
            _input.SkipString();
        _input.SkipString();
    }

    private bool CheckChecksum()
    {
        var actual = _source.Checksum();
        var stored = _source.ReadUInt64LittleEndian();
        if (stored != 0 && stored != actual)
            throw _source.Damage($"its checksum is {actual:x16}, where it says {stored:x16}");
        return stored != 0;
    }
}
