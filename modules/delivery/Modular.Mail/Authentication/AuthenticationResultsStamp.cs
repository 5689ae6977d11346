using System.Text;

namespace Modular.Mail.Authentication;

/// <summary>Puts our own results on top of a message and takes out what others wrote under our name (RFC 8601 §5).</summary>
public static class AuthenticationResultsStamp
{
    /// <param name="message">Lines end in CRLF.</param>
    /// <param name="ours">Its <see cref="AuthenticationResults.AuthservId"/> is the name that nobody else may use.</param>
    /// <returns>A copy; octets of other fields and of the body are as they were.</returns>
    public static byte[] Apply(ReadOnlySpan<byte> message, AuthenticationResults ours)
    {
        var stamped = new List<byte>(message.Length + 512);
        stamped.AddRange(Encoding.ASCII.GetBytes(ours.ToField()));
        var rest = message;
        while (!rest.IsEmpty && !rest.StartsWith("\r\n"u8))
        {
            var end = EndOfLine(rest);
            while (end < rest.Length && rest[end] is (byte)' ' or (byte)'\t')
                end += EndOfLine(rest[end..]);
            if (!IsForged(rest[..end], ours.AuthservId))
                stamped.AddRange(rest[..end]);
            rest = rest[end..];
        }

        stamped.AddRange(rest);
        return [.. stamped];
    }

    /// <summary>Also one that cannot be read but names us: a more lenient reader might read it.</summary>
    private static bool IsForged(ReadOnlySpan<byte> field, string authservId)
    {
        var colon = field.IndexOf((byte)':');
        if (colon < 0 || !Ascii.EqualsIgnoreCase(field[..colon].TrimEnd(" \t"u8), AuthenticationResults.FieldName))
            return false;
        var value = Encoding.Latin1.GetString(field[(colon + 1)..]);
        return AuthenticationResults.Parse(value) is { } read
            ? read.AuthservId.Equals(authservId, StringComparison.OrdinalIgnoreCase)
            : value.Contains(authservId, StringComparison.OrdinalIgnoreCase);
    }

    private static int EndOfLine(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\n') is >= 0 and var end ? end + 1 : text.Length;
}
