namespace RelayOps.Core.Redis.Rdb;

/// <summary>Values of modules that nobody here knows: Redis wrote down what each part is, so they can be skipped (redis, src/rdb.c).</summary>
internal sealed class RdbModules(RdbInput input, RdbNotes notes)
{
    private const string NameLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    public void SkipValue()
    {
        NoteModule(input.ReadLength());
        SkipParts();
    }

    /// <summary>What a module keeps beside the keys.</summary>
    public void SkipAux()
    {
        NoteModule(input.ReadLength());
        if (input.ReadLength() != RdbModuleOpcode.Unsigned)
            throw input.Source.Damage("module data that do not say when they are to be loaded");
        _ = input.ReadLength();
        SkipParts();
    }

    /// <summary>What modules attach to the key that follows, since version 13.</summary>
    public void SkipKeyMetadata()
    {
        notes.Add("keys carry metadata of modules, which were skipped, not checked");
        for (var classes = input.ReadLength(); classes > 0; classes--)
        {
            _ = input.Source.ReadUInt32LittleEndian();
            SkipParts();
        }
    }

    private void SkipParts()
    {
        while (true)
        {
            switch (input.ReadLength())
            {
                case RdbModuleOpcode.End:
                    return;
                case RdbModuleOpcode.Signed or RdbModuleOpcode.Unsigned:
                    _ = input.ReadLength();
                    break;
                case RdbModuleOpcode.Float:
                    input.Source.Skip(4);
                    break;
                case RdbModuleOpcode.Double:
                    input.Source.Skip(8);
                    break;
                case RdbModuleOpcode.String:
                    input.SkipString();
                    break;
                case var part:
                    throw input.Source.Damage($"{part} is no part of a module's value");
            }
        }
    }

    /// <summary>Nine letters of six bits, then ten bits of the encoding's version.</summary>
    private void NoteModule(ulong id)
    {
        Span<char> name = stackalloc char[9];
        for (var i = 0; i < name.Length; i++)
            name[i] = NameLetters[(int)((id >> (58 - (6 * i))) & 63)];
        notes.Add($"values of module '{name.ToString()}' (version {id & 1023}) were skipped, not checked");
    }
}
