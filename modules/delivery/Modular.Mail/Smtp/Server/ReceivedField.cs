using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Smtp.Server;

/// <summary>The trace that a server puts before a message it takes (RFC 5321 §4.4), with its protocol (RFC 3848, RFC 6531 §4.3) and cipher (RFC 8314 §4.3).</summary>
public static class ReceivedField
{
    /// <summary>The whole field, folded, with its CRLF. Recipients are not named: a blind one would be told.</summary>
    /// <param name="host">Our own name.</param>
    /// <param name="id">Under which the message is found in our log: printable ASCII without blanks.</param>
    public static byte[] Write(ReceivedEnvelope envelope, string host, string id, DateTimeOffset at)
    {
        var peer = envelope.Peer;
        var text = new StringBuilder("Received: from ").Append(peer.Helo.Length > 0 ? peer.Helo : "unknown").Append(" ([");
        if (peer.Address.AddressFamily is AddressFamily.InterNetworkV6)
            text.Append("IPv6:");
        text.Append(peer.Address).Append("])\r\n\tby ").Append(host).Append(" with ").Append(Protocol(envelope)).Append(" id ").Append(id);
        if (peer.Tls is { } tls)
            text.Append("\r\n\ttls ").Append(tls.CipherSuite);
        return Encoding.ASCII.GetBytes(text.Append(CultureInfo.InvariantCulture, $";\r\n\t{MailDate.Format(at)}\r\n").ToString());
    }

    /// <summary>Whether a Received field's value says that this host took the message.</summary>
    public static bool IsBy(string value, string host)
    {
        var words = value.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var by = Array.FindIndex(words, word => word.Equals("by", StringComparison.OrdinalIgnoreCase));
        return by >= 0 && by + 1 < words.Length && words[by + 1].TrimEnd(';').Equals(host, StringComparison.OrdinalIgnoreCase);
    }

    private static string Protocol(ReceivedEnvelope envelope)
    {
        var peer = envelope.Peer;
        if (!peer.SaidEhlo)
            return "SMTP";
        return (envelope.Parameters.IsUtf8 ? "UTF8SMTP" : "ESMTP") + (peer.Tls is null ? "" : "S") + (peer.Identity is null ? "" : "A");
    }
}
