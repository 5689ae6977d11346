using System.Buffers;

namespace Modular.Mail.Smtp.Server;

/// <summary>What a listener does with a CR or LF that stands alone inside a message.</summary>
public enum BareLineEnds
{
    /// <summary>Refuse the message and close: a submitting program can be mended.</summary>
    Refuse,

    /// <summary>Make it a CRLF: old systems that send bounces cannot. It never helps to end the data.</summary>
    Normalise,
}

internal enum DataStatus
{
    Incomplete,
    Complete,
    Refused,
}

/// <summary>
/// Reads message content up to the line with a single dot and takes away the stuffed dots (RFC 5321 §4.5.2). Only CRLF.CRLF ends it
/// (RFC 5321 §4.1.1.4); the CRLF behind the DATA command counts as the first of them, so a lone dot is an empty message.
/// </summary>
internal sealed class DataReader(BareLineEnds bareLineEnds)
{
    private const byte Cr = (byte)'\r', Lf = (byte)'\n', Dot = (byte)'.';

    private State _state = State.LineStart;
    private long _heldCrs;   // CRs read but not yet judged: the next byte decides

    private enum State
    {
        LineStart,   // behind CRLF
        Text,        // elsewhere, also behind a bare CR or LF
        Cr,
        Dot,         // a dot at the start of a line, taken away
        DotCr,
    }

    public void Reset() => _state = State.LineStart;

    /// <summary>Consumes what it can of the buffer: all of it unless the end, or something refused, is in there.</summary>
    public DataStatus Read(ref ReadOnlySequence<byte> buffer, MessageBuffer message)
    {
        long consumed = 0;
        foreach (var segment in buffer)
        {
            var rest = segment.Span;
            var status = Read(ref rest, message);
            consumed += segment.Length - rest.Length;
            if (status is not DataStatus.Incomplete)
            {
                buffer = buffer.Slice(consumed);
                return status;
            }
        }

        buffer = buffer.Slice(buffer.End);
        return DataStatus.Incomplete;
    }

    private DataStatus Read(ref ReadOnlySpan<byte> span, MessageBuffer message)
    {
        while (!span.IsEmpty)
        {
            // As far as the next dot that follows a CRLF there are only ordinary lines: judged and copied at memory speed.
            var slowly = 1;
            if (_state is State.Text || (_state is State.LineStart && span[0] is not Dot))
            {
                var next = span.IndexOf("\r\n."u8);
                var length = next >= 0 ? next + 2 : span[^1] is Cr ? span.Length - 1 : span.Length;
                if (LineEnds.AreStrict(span[..length]))
                {
                    if (length > 0)
                    {
                        message.Append(span[..length]);
                        _state = span[length - 1] is Lf ? State.LineStart : State.Text;
                        span = span[length..];
                        continue;
                    }
                }
                else
                {
                    slowly = length;   // all of it, or a hostile text would be searched again from each of its bytes
                }
            }

            for (var i = 0; i < slowly; i++)
            {
                var status = Step(span[i], message);
                if (status is not DataStatus.Incomplete)
                {
                    span = span[(i + 1)..];
                    return status;
                }
            }

            span = span[slowly..];
        }

        return DataStatus.Incomplete;
    }

    private DataStatus Step(byte value, MessageBuffer message)
    {
        switch (_state, value)
        {
            case (State.LineStart, Dot):
                _state = State.Dot;
                return DataStatus.Incomplete;
            case (State.Dot, Cr):
                _state = State.DotCr;
                return DataStatus.Incomplete;
            case (State.DotCr, Lf):
                _state = State.LineStart;
                return DataStatus.Complete;
            case (State.DotCr, _):
                _heldCrs = 1;
                return StepBehindCr(value, message);
            case (State.Cr, _):
                return StepBehindCr(value, message);
            default:
                return StepInText(value, message);
        }
    }

    private DataStatus StepBehindCr(byte value, MessageBuffer message)
    {
        if (value is Lf && (_heldCrs is 1 || bareLineEnds is BareLineEnds.Normalise))
        {
            message.Append("\r\n"u8);   // CRCRLF is one line end, doubled by a program that converted twice
            _state = State.LineStart;
            return DataStatus.Incomplete;
        }

        if (bareLineEnds is BareLineEnds.Refuse)
            return DataStatus.Refused;
        if (value is Cr)
        {
            _state = State.Cr;
            _heldCrs++;
            return DataStatus.Incomplete;
        }

        for (; _heldCrs > 0; _heldCrs--)
            message.Append("\r\n"u8);
        return StepInText(value, message);
    }

    private DataStatus StepInText(byte value, MessageBuffer message)
    {
        switch (value)
        {
            case Cr:
                _state = State.Cr;
                _heldCrs = 1;
                return DataStatus.Incomplete;
            case Lf when bareLineEnds is BareLineEnds.Refuse:
                return DataStatus.Refused;
            case Lf:
                message.Append("\r\n"u8);
                _state = State.Text;
                return DataStatus.Incomplete;
            default:
                message.Append([value]);
                _state = State.Text;
                return DataStatus.Incomplete;
        }
    }
}
