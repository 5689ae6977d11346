using System.Buffers.Text;
using System.Text;

namespace Modular.Mail.Smtp.Server;

/// <summary>Reads the arguments of MAIL and RCPT. Each method gives null when all is well, else the reply that says what is not.</summary>
internal static class CommandArguments
{
    private const int MaxEnvelopeIdBytes = 100, MaxOriginalRecipientBytes = 500;   // RFC 3461 §4.4, §4.2

    public static SmtpReply? ReadMail(ReadOnlySpan<byte> argument, int maxMessageBytes, bool offersAuth, out SmtpPath sender, out MailParameters parameters)
    {
        parameters = MailParameters.None;
        if (!TryReadPath(argument, "FROM:"u8, out sender, out var rest))
            return Replies.BadSender;
        if (sender is { IsNull: false, Domain.Length: 0 })
            return Replies.BadSender;

        var seen = 0;
        while (TryReadParameter(ref rest, out var name, out var value))
        {
            SmtpReply? refusal;
            (var flag, refusal) = name switch
            {
                _ when Is(name, "SIZE"u8) => (1, ReadSize(value, maxMessageBytes, ref parameters)),
                _ when Is(name, "BODY"u8) => (2, ReadBody(value, ref parameters)),
                _ when Is(name, "SMTPUTF8"u8) => (4, ReadUtf8(value, ref parameters)),
                _ when Is(name, "RET"u8) => (8, ReadReturn(value, ref parameters)),
                _ when Is(name, "ENVID"u8) => (16, ReadEnvelopeId(value, ref parameters)),
                _ when offersAuth && Is(name, "AUTH"u8) => (32, ReadSubmitter(value)),
                _ => (0, Replies.UnknownParameter),
            };
            if (refusal is not null)
                return refusal;
            if ((seen & flag) != 0)
                return Replies.BadParameter;
            seen |= flag;
        }

        if (!rest.IsEmpty)
            return Replies.BadParameter;
        return sender.IsAscii || parameters.IsUtf8 ? null : Replies.NeedsUtf8;
    }

    public static SmtpReply? ReadRecipient(ReadOnlySpan<byte> argument, bool isUtf8, out ReceivedRecipient? recipient)
    {
        recipient = null;
        if (!TryReadPath(argument, "TO:"u8, out var path, out var rest) || path.IsNull)
            return Replies.BadRecipient;

        DsnNotify? notify = null;
        string? original = null;
        while (TryReadParameter(ref rest, out var name, out var value))
        {
            if (Is(name, "NOTIFY"u8))
            {
                if (notify is not null || !TryReadNotify(value, out var wanted))
                    return Replies.BadParameter;
                notify = wanted;
            }
            else if (Is(name, "ORCPT"u8))
            {
                var type = value.IndexOf((byte)';');
                if (original is not null || type <= 0 || value.Length > MaxOriginalRecipientBytes || !IsXtext(value[(type + 1)..], isUtf8))
                    return Replies.BadParameter;
                original = Encoding.UTF8.GetString(value);
            }
            else
            {
                return Replies.UnknownParameter;
            }
        }

        if (!rest.IsEmpty)
            return Replies.BadParameter;
        if (!path.IsAscii && !isUtf8)
            return Replies.NeedsUtf8;
        recipient = new ReceivedRecipient(path, notify ?? DsnNotify.Unspecified, original);
        return null;
    }

    /// <summary>A blank behind the colon is no syntax, but common, and harmless.</summary>
    private static bool TryReadPath(ReadOnlySpan<byte> argument, ReadOnlySpan<byte> keyword, out SmtpPath path, out ReadOnlySpan<byte> rest)
    {
        path = SmtpPath.Null;
        rest = default;
        if (argument.Length < keyword.Length || !Is(argument[..keyword.Length], keyword))
            return false;
        argument = argument[keyword.Length..].TrimStart((byte)' ');
        if (!SmtpPath.TryRead(argument, out path, out var length))
            return false;
        rest = argument[length..];
        return rest.IsEmpty || rest[0] is (byte)' ';
    }

    /// <summary>Takes <c>name</c> or <c>name=value</c> off the front (RFC 5321 §4.1.2, esmtp-param); what cannot be taken stays.</summary>
    private static bool TryReadParameter(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        rest = rest.TrimStart((byte)' ');
        if (rest.IsEmpty)
            return false;
        var end = rest.IndexOf((byte)' ');
        var parameter = end < 0 ? rest : rest[..end];
        var equals = parameter.IndexOf((byte)'=');
        name = equals < 0 ? parameter : parameter[..equals];
        value = equals < 0 ? [] : parameter[(equals + 1)..];
        if (name.IsEmpty || (equals >= 0 && value.IsEmpty) || parameter.ContainsAnyInRange((byte)0, (byte)0x1f))
            return false;
        rest = rest[parameter.Length..];
        return true;
    }

    private static SmtpReply? ReadSize(ReadOnlySpan<byte> value, int maxMessageBytes, ref MailParameters parameters)
    {
        if (value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return Replies.BadParameter;
        if (!Utf8Parser.TryParse(value, out long bytes, out _) || bytes > maxMessageBytes)
            return Replies.TooLarge;
        parameters = parameters with { DeclaredBytes = bytes };
        return null;
    }

    private static SmtpReply? ReadBody(ReadOnlySpan<byte> value, ref MailParameters parameters)
    {
        var is8Bit = Is(value, "8BITMIME"u8);
        if (!is8Bit && !Is(value, "7BIT"u8))
            return Replies.BadParameter;
        parameters = parameters with { Is8Bit = is8Bit };
        return null;
    }

    private static SmtpReply? ReadUtf8(ReadOnlySpan<byte> value, ref MailParameters parameters)
    {
        parameters = parameters with { IsUtf8 = true };
        return value.IsEmpty ? null : Replies.BadParameter;
    }

    private static SmtpReply? ReadReturn(ReadOnlySpan<byte> value, ref MailParameters parameters)
    {
        var isFull = Is(value, "FULL"u8);
        if (!isFull && !Is(value, "HDRS"u8))
            return Replies.BadParameter;
        parameters = parameters with { Return = isFull ? DsnReturn.Full : DsnReturn.Headers };
        return null;
    }

    private static SmtpReply? ReadEnvelopeId(ReadOnlySpan<byte> value, ref MailParameters parameters)
    {
        if (value.Length is 0 or > MaxEnvelopeIdBytes || !IsXtext(value, isUtf8: false))
            return Replies.BadParameter;
        parameters = parameters with { EnvelopeId = Encoding.ASCII.GetString(value) };
        return null;
    }

    /// <summary>Who submitted it first, says a client that passes mail on. Nobody here believes it, which is allowed (RFC 4954 §5).</summary>
    private static SmtpReply? ReadSubmitter(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("<>"u8) || (value.Length is > 0 and <= MaxOriginalRecipientBytes && IsXtext(value, isUtf8: false)) ? null : Replies.BadParameter;

    /// <summary>Reads the size of a chunk and whether it is the last (RFC 3030 §2). False leaves nobody knowing where the next command begins.</summary>
    public static bool TryReadChunk(ReadOnlySpan<byte> argument, out long bytes, out bool isLast)
    {
        var end = argument.IndexOf((byte)' ');
        var size = end < 0 ? argument : argument[..end];
        isLast = end >= 0;
        bytes = 0;
        return size.Length > 0 && !size.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(size, out bytes, out var read) && read == size.Length
            && (!isLast || Is(argument[end..].Trim((byte)' '), "LAST"u8));
    }

    private static bool TryReadNotify(ReadOnlySpan<byte> value, out DsnNotify notify)
    {
        notify = DsnNotify.Unspecified;
        if (Is(value, "NEVER"u8))
        {
            notify = DsnNotify.Never;
            return true;
        }

        foreach (var range in value.Split((byte)','))
        {
            var word = value[range];
            var flag = Is(word, "SUCCESS"u8) ? DsnNotify.Success
                : Is(word, "FAILURE"u8) ? DsnNotify.Failure
                : Is(word, "DELAY"u8) ? DsnNotify.Delay : DsnNotify.Unspecified;
            if (flag is DsnNotify.Unspecified || notify.HasFlag(flag))
                return false;
            notify |= flag;
        }

        return true;
    }

    /// <summary>Printable ASCII in which <c>+</c> begins two upper-case hexadecimal digits (RFC 3461 §4); UTF-8 with SMTPUTF8 (RFC 6533 §3).</summary>
    private static bool IsXtext(ReadOnlySpan<byte> value, bool isUtf8)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is (byte)'=' or <= 0x20 or 0x7f || (value[i] >= 0x80 && !isUtf8))
                return false;
            if (value[i] is (byte)'+' && (i + 2 >= value.Length || !IsHex(value[++i]) || !IsHex(value[++i])))
                return false;
        }

        return value.Length > 0 && System.Text.Unicode.Utf8.IsValid(value);
    }

    private static bool IsHex(byte value) => value is >= (byte)'0' and <= (byte)'9' or >= (byte)'A' and <= (byte)'F';

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
}
