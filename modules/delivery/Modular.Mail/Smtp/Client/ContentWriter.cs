using System.Buffers;

namespace Modular.Mail.Smtp.Client;

/// <summary>Writes content: for DATA stuffs dots (RFC 5321 §4.5.2), for BDAT does not (RFC 3030 §2), and for both watches that no lone CR, lone LF or NUL goes out (§2.3.8).</summary>
internal sealed class ContentWriter(IBufferWriter<byte> output)
{
    private const byte Cr = (byte)'\r', Lf = (byte)'\n', Dot = (byte)'.';

    private bool _isLineStart = true, _isBehindCr, _isStuffing = true;

    /// <summary>False from the first octet on that must not be sent; nothing more is written then.</summary>
    public bool IsStrict { get; private set; } = true;

    public long Written { get; private set; }

    public void Reset(bool isStuffing) => (_isLineStart, _isBehindCr, _isStuffing, IsStrict, Written) = (true, false, isStuffing, true, 0);

    public void Write(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty || !Check(content))
            return;
        Written += content.Length;
        if (_isLineStart && content[0] is Dot && _isStuffing)
            output.Write("."u8);
        _isLineStart = content[^1] is Lf;
        int end;
        while (_isStuffing && (end = content.IndexOf("\n."u8)) >= 0)
        {
            output.Write(content[..(end + 1)]);
            output.Write("."u8);
            content = content[(end + 1)..];
        }

        output.Write(content);
    }

    /// <summary>Ends the last line where the content did not.</summary>
    public void End()
    {
        IsStrict &= !_isBehindCr;
        if (!_isLineStart && IsStrict)
            output.Write("\r\n"u8);
    }

    private bool Check(ReadOnlySpan<byte> content)
    {
        var middle = content;
        IsStrict &= content[0] is Lf == _isBehindCr;
        if (_isBehindCr)
            middle = middle[1..];
        _isBehindCr = content[^1] is Cr;
        if (_isBehindCr && !middle.IsEmpty)
            middle = middle[..^1];
        IsStrict = IsStrict && LineEnds.AreStrict(middle) && !content.Contains((byte)0);
        return IsStrict;
    }
}
