using System.Text;

namespace Modular.Mail.Smtp;

/// <summary>Text as ENVID and ORCPT carry it: printable ASCII in which + begins two hexadecimal digits (RFC 3461 §4).</summary>
public static class Xtext
{
    public static string Encode(string text)
    {
        if (!Ascii.IsValid(text) || text.AsSpan().ContainsAny('+', '=', ' ') || text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Contains('\x7f'))
        {
            var encoded = new StringBuilder(text.Length + 8);
            foreach (var octet in Encoding.UTF8.GetBytes(text))
            {
                if (octet is > 0x20 and < 0x7f and not ((byte)'+' or (byte)'='))
                    encoded.Append((char)octet);
                else
                    encoded.Append('+').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }

            return encoded.ToString();
        }

        return text;
    }

    /// <summary>The text that an xtext stands for; what is no escape, or no UTF-8, stays or becomes U+FFFD.</summary>
    public static string Decode(string xtext)
    {
        var octets = Encoding.UTF8.GetBytes(xtext);
        var length = 0;
        for (var i = 0; i < octets.Length; length++)
        {
            byte octet = 0;
            var isEscape = octets[i] is (byte)'+' && i + 2 < octets.Length
                && byte.TryParse(octets.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out octet);
            octets[length] = isEscape ? octet : octets[i];
            i += isEscape ? 3 : 1;
        }

        return Encoding.UTF8.GetString(octets, 0, length);
    }

    /// <summary>Whether a command can carry it as it is.</summary>
    internal static bool IsSendable(string xtext) => xtext.Length > 0 && Ascii.IsValid(xtext) && xtext.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && !xtext.Contains('=');
}
