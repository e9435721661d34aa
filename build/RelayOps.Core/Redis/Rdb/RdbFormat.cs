namespace RelayOps.Core.Redis.Rdb;

/// <summary>The byte before a key says how its value is written (redis, src/rdb.h).</summary>
internal enum RdbType : byte
{
    String = 0,
    List = 1,
    Set = 2,
    SortedSet = 3,
    Hash = 4,
    SortedSet2 = 5,
    ModulePreRelease = 6,
    Module2 = 7,
    HashZipmap = 9,
    ListZiplist = 10,
    SetIntset = 11,
    SortedSetZiplist = 12,
    HashZiplist = 13,
    ListQuicklist = 14,
    StreamListpacks = 15,
    HashListpack = 16,
    SortedSetListpack = 17,
    ListQuicklist2 = 18,
    StreamListpacks2 = 19,
    SetListpack = 20,
    StreamListpacks3 = 21,
    HashMetadataPreRelease = 22,
    HashListpackExPreRelease = 23,
    HashMetadata = 24,
    HashListpackEx = 25,
    StreamListpacks4 = 26,
}

/// <summary>The same byte, where something else than a key follows.</summary>
internal static class RdbOpcode
{
    public const byte KeyMetadata = 243;
    public const byte SlotInfo = 244;
    public const byte Function2 = 245;
    public const byte FunctionPreRelease = 246;
    public const byte ModuleAux = 247;
    public const byte Idle = 248;
    public const byte Frequency = 249;
    public const byte Aux = 250;
    public const byte ResizeDatabase = 251;
    public const byte ExpireMilliseconds = 252;
    public const byte ExpireSeconds = 253;
    public const byte SelectDatabase = 254;
    public const byte EndOfFile = 255;
}

/// <summary>What precedes each part of a module's value, so that one who lacks the module can skip it.</summary>
internal static class RdbModuleOpcode
{
    public const ulong End = 0;
    public const ulong Signed = 1;
    public const ulong Unsigned = 2;
    public const ulong Float = 3;
    public const ulong Double = 4;
    public const ulong String = 5;
}
