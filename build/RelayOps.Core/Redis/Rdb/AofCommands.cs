namespace RelayOps.Core.Redis.Rdb;

/// <summary>Walks commands in the protocol's form: <c>*2</c>, then <c>$3 GET</c> and <c>$1 k</c>, each line ended by CR LF (redis, src/aof.c).</summary>
internal sealed class AofCommands(ByteSource source)
{
    private const int LongestNumber = 18;

    private readonly Scratch _name = new();
    private long _sinceMulti;
    private bool _inMulti;

    /// <summary>Complete commands outside of unfinished transactions.</summary>
    public long Count { get; private set; }

    /// <summary>Everything before is complete.</summary>
    public long SafeOffset { get; private set; }

    /// <summary>False when the file ends inside a command or a transaction.</summary>
    public bool ReadToEnd()
    {
        SafeOffset = source.Offset;
        try
        {
            while (!source.AtEnd())
                ReadCommand();
            return !_inMulti;
        }
        catch (RelayOpsException) when (source.EndedEarly)
        {
            // The writer was stopped in the middle of a command: what Redis itself forgives, so it is told, not thrown.
            return false;
        }
    }

    private void ReadCommand()
    {
        var first = source.ReadByte();
        if (first == '#')
        {
            // An annotation, such as the time (aof-timestamp-enabled).
            while (source.ReadByte() != '\n')
            {
            }

            Advance();
            return;
        }

        if (first != '*')
            throw source.Damage($"0x{first:x2} stands where a command must begin", source.Offset - 1);
        var arguments = ReadNumber();
        if (arguments == 0)
            throw source.Damage("a command of nothing");
        var transaction = ReadArgument(isName: arguments == 1);
        for (; arguments > 1; arguments--)
            ReadArgument(isName: false);
        Complete(transaction);
    }

    private void Complete(Transaction transaction)
    {
        if (transaction == Transaction.Begins)
            _inMulti = true;
        else if (transaction == Transaction.Ends)
            _inMulti = false;
        _sinceMulti++;
        if (_inMulti)
            return;
        Count += _sinceMulti;
        _sinceMulti = 0;
        Advance();
    }

    private void Advance()
    {
        if (!_inMulti)
            SafeOffset = source.Offset;
    }

    private Transaction ReadArgument(bool isName)
    {
        var mark = source.ReadByte();
        if (mark != '$')
            throw source.Damage($"0x{mark:x2} stands where an argument must begin", source.Offset - 1);
        var length = ReadNumber();
        var transaction = Transaction.None;
        if (isName && length is 4 or 5)
            transaction = TransactionOf(source.Take((int)length, _name));
        else
            source.Skip(length);
        ReadLineEnd();
        return transaction;
    }

    private static Transaction TransactionOf(ReadOnlySpan<byte> name) =>
        System.Text.Ascii.EqualsIgnoreCase(name, "MULTI"u8) ? Transaction.Begins
        : System.Text.Ascii.EqualsIgnoreCase(name, "EXEC"u8) ? Transaction.Ends : Transaction.None;

    private ulong ReadNumber()
    {
        var begin = source.Offset;
        ulong number = 0;
        for (var digits = 0; digits <= LongestNumber; digits++)
        {
            var digit = source.ReadByte();
            if (digit == '\r' && digits > 0)
            {
                if (source.ReadByte() != '\n')
                    throw source.Damage("a line without an end", begin);
                return number;
            }

            if (digit is < (byte)'0' or > (byte)'9')
                break;
            number = (number * 10) + digit - '0';
        }

        throw source.Damage("something other than a number", begin);
    }

    private void ReadLineEnd()
    {
        if (source.ReadByte() != '\r' || source.ReadByte() != '\n')
            throw source.Damage("an argument of another length than it says", source.Offset - 1);
    }

    private enum Transaction
    {
        None,
        Begins,
        Ends,
    }
}
