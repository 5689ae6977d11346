namespace Modular.Mail.Smtp.Server;

/// <summary>
/// Reads message content whose length is known (BDAT, RFC 3030 §2): no dot ends it and none is taken away. Line ends are judged as in DATA, for what is
/// kept goes on by DATA one day.
/// </summary>
internal sealed class ChunkReader(BareLineEnds bareLineEnds)
{
    private const byte Cr = (byte)'\r', Lf = (byte)'\n';

    private long _heldCrs;   // CRs read but not yet judged: the next byte decides, and may come with the next chunk
    private bool _endsLine = true;

    /// <summary>A CR or LF stood alone, and that is refused here.</summary>
    public bool HasBareLineEnd { get; private set; }

    public void Reset()
    {
        _heldCrs = 0;
        _endsLine = true;
        HasBareLineEnd = false;
    }

    public void Read(ReadOnlySpan<byte> span, MessageBuffer message)
    {
        while (!span.IsEmpty && !HasBareLineEnd)
        {
            if (_heldCrs is 0)
            {
                var length = span[^1] is Cr ? span.Length - 1 : span.Length;
                if (length > 0 && LineEnds.AreStrict(span[..length]))
                {
                    message.Append(span[..length]);
                    _endsLine = span[length - 1] is Lf;
                    span = span[length..];
                    continue;
                }

                for (var i = 0; i < length; i++)
                    Step(span[i], message);   // all of it, or a hostile text would be searched again from each of its bytes
                span = span[length..];
                if (span.IsEmpty)
                    return;
            }

            Step(span[0], message);
            span = span[1..];
        }
    }

    /// <summary>The last chunk is in: the text ends with a line end, whatever the client made of it.</summary>
    public void End(MessageBuffer message)
    {
        if (_heldCrs > 0)
            Break(message, _heldCrs);
        _heldCrs = 0;
        if (!_endsLine)
            message.Append("\r\n"u8);
    }

    private void Step(byte value, MessageBuffer message)
    {
        switch (value)
        {
            case Cr:
                _heldCrs++;
                return;
            case Lf when _heldCrs is 1 || (_heldCrs > 1 && bareLineEnds is BareLineEnds.Normalise):
                message.Append("\r\n"u8);   // CRCRLF is one line end, doubled by a program that converted twice
                (_heldCrs, _endsLine) = (0, true);
                return;
            case Lf:
                Break(message, 1);
                _heldCrs = 0;
                return;
        }

        if (_heldCrs > 0)
            Break(message, _heldCrs);
        _heldCrs = 0;
        message.Append([value]);
        _endsLine = false;
    }

    private void Break(MessageBuffer message, long times)
    {
        HasBareLineEnd |= bareLineEnds is BareLineEnds.Refuse;
        for (; times > 0; times--)
            message.Append("\r\n"u8);
        _endsLine = true;
    }
}
