using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Modular.Mail.Smtp.Server;

internal enum ProxyStatus
{
    Incomplete,

    /// <summary>Read and consumed.</summary>
    Complete,

    Malformed,
}

/// <summary>
/// Reads the line or block that a load balancer puts before the client's bytes (The PROXY protocol, versions 1 and 2, of HAProxy). Only to be read from
/// connections that are known to come from one: it says who the client is, and everybody could say so.
/// </summary>
internal static class ProxyHeader
{
    private const int MaxLineBytes = 107, FixedBytes = 16, MaxBlockBytes = 4096;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <param name="client">The client's address; null where the balancer speaks for itself (its health check) or does not know.</param>
    public static ProxyStatus TryRead(ref ReadOnlySequence<byte> buffer, out IPAddress? client)
    {
        client = null;
        Span<byte> start = stackalloc byte[MaxLineBytes];
        var length = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, length).CopyTo(start);
        start = start[..length];
        if (start.IsEmpty)
            return ProxyStatus.Incomplete;
        var status = start[0] is (byte)'P' ? ReadLine(start, ref buffer, out client) : ReadBlock(start, ref buffer, out client);
        if (status is not ProxyStatus.Complete)
            client = null;   // the first address may have been read before the second was found to be none
        return status;
    }

    private static ProxyStatus ReadLine(ReadOnlySpan<byte> start, ref ReadOnlySequence<byte> buffer, out IPAddress? client)
    {
        client = null;
        var prefix = "PROXY "u8;
        if (!start[..Math.Min(start.Length, prefix.Length)].SequenceEqual(prefix[..Math.Min(start.Length, prefix.Length)]))
            return ProxyStatus.Malformed;
        var end = start.IndexOf("\r\n"u8);
        if (end < 0)
            return start.Length < MaxLineBytes ? ProxyStatus.Incomplete : ProxyStatus.Malformed;

        var words = Encoding.Latin1.GetString(start[..end]).Split(' ');
        var isKnown = words is [_, "TCP4" or "TCP6", _, _, _, _];
        if (isKnown)
        {
            var family = words[1] is "TCP4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            if (!TryReadAddress(words[2], family, out client) || !TryReadAddress(words[3], family, out _)
                || !ushort.TryParse(words[4], System.Globalization.NumberStyles.None, null, out _)
                || !ushort.TryParse(words[5], System.Globalization.NumberStyles.None, null, out _))
                return ProxyStatus.Malformed;
        }
        else if (words is not [_, "UNKNOWN", ..])
        {
            return ProxyStatus.Malformed;
        }

        buffer = buffer.Slice(end + 2);
        return ProxyStatus.Complete;
    }

    private static ProxyStatus ReadBlock(ReadOnlySpan<byte> start, ref ReadOnlySequence<byte> buffer, out IPAddress? client)
    {
        client = null;
        var known = Math.Min(start.Length, Signature.Length);
        if (!start[..known].SequenceEqual(Signature[..known]))
            return ProxyStatus.Malformed;
        if (start.Length < FixedBytes)
            return ProxyStatus.Incomplete;

        var (version, command, family) = (start[12] >> 4, start[12] & 15, start[13]);
        var bytes = BinaryPrimitives.ReadUInt16BigEndian(start[14..]);
        if (version is not 2 || command > 1 || bytes > MaxBlockBytes)
            return ProxyStatus.Malformed;
        var addressBytes = (command, family) switch
        {
            (0, _) or (1, 0x00) => 0,
            (1, 0x11) => 12,
            (1, 0x21) => 36,
            _ => -1,   // datagrams and local sockets carry no mail
        };
        if (addressBytes < 0 || bytes < addressBytes)
            return ProxyStatus.Malformed;
        if (buffer.Length < FixedBytes + bytes)
            return ProxyStatus.Incomplete;

        if (addressBytes > 0)
            client = new IPAddress(start.Slice(FixedBytes, addressBytes is 12 ? 4 : 16));
        buffer = buffer.Slice(FixedBytes + bytes);   // what stands behind the addresses is for those who asked for it
        return ProxyStatus.Complete;
    }

    private static bool TryReadAddress(string text, AddressFamily family, out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && address.AddressFamily == family && (family is AddressFamily.InterNetworkV6 || text.Count('.') is 3);
}
