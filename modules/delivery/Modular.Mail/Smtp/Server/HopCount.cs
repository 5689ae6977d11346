using System.Text;

namespace Modular.Mail.Smtp.Server;

/// <summary>How many servers a message has passed, by its Received fields: many mean a loop (RFC 5321 §6.3).</summary>
internal static class HopCount
{
    public static int Of(ReadOnlySpan<byte> message)
    {
        var field = "Received:"u8;
        var count = 0;
        while (!message.IsEmpty && !message.StartsWith("\r\n"u8))
        {
            if (message.Length >= field.Length && message[0] is (byte)'R' or (byte)'r' && Ascii.EqualsIgnoreCase(message[..field.Length], field))
                count++;
            var end = message.IndexOf("\r\n"u8);
            message = end < 0 ? [] : message[(end + 2)..];
        }

        return count;
    }
}
