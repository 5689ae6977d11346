using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Modular.Mail.Dns;

/// <summary>Writes queries and reads responses (RFC 1035 §4). A response that is not well formed is an <see cref="InvalidDataException"/>.</summary>
internal static class DnsMessage
{
    public const int UdpBytes = 1232;     // fits every path unfragmented (DNS flag day 2020)

    private const int HeaderBytes = 12, OptRecordBytes = 11, MaxNameBytes = 255, MaxLabelBytes = 63, MaxRecords = 1000;
    private const byte Pointer = 0xC0, AuthenticData = 0x20, OptType = 41;

    private static readonly IdnMapping Idn = new();

    /// <summary>Lower case, ASCII, no final dot: the form in which names are compared and cached.</summary>
    /// <exception cref="DnsException">The text is no domain name.</exception>
    public static string Canonical(string name)
    {
        var plain = name.TrimEnd('.');
        try
        {
            plain = (Ascii.IsValid(plain) ? plain : Idn.GetAscii(plain)).ToLowerInvariant();
        }
        catch (ArgumentException fault)
        {
            throw new DnsException($"'{name}' is no domain name.", fault);
        }

        if (plain.Length is 0 or > MaxNameBytes - 2 || plain.Split('.').Any(static label => label.Length is 0 or > MaxLabelBytes))
            throw new DnsException($"'{name}' is no domain name.");
        return plain;
    }

    /// <summary>A recursive query that says it wants to know whether the answer was validated (RFC 6840 §5.7).</summary>
    /// <param name="name">In canonical form.</param>
    /// <param name="withEdns">With EDNS0 (RFC 6891); without it for a server that does not know it.</param>
    public static byte[] WriteQuery(ushort id, string name, DnsType type, bool withEdns = true)
    {
        var query = new byte[HeaderBytes + name.Length + 2 + 4 + (withEdns ? OptRecordBytes : 0)];
        BinaryPrimitives.WriteUInt16BigEndian(query, id);
        query[2] = 1;       // recursion desired
        query[3] = AuthenticData;
        query[5] = 1;       // one question
        var at = HeaderBytes;
        foreach (var label in name.Split('.'))
        {
            query[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, query.AsSpan(at));
        }

        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(at + 1), (ushort)type);
        query[at + 4] = 1;  // class IN
        if (!withEdns)
            return query;
        query[11] = 1;      // one additional record
        query[at + 7] = OptType;
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(at + 8), UdpBytes);
        return query;
    }

    /// <summary>True when the message is a response to just this query; anything else on the socket is somebody's guess.</summary>
    public static bool Answers(ReadOnlySpan<byte> response, ReadOnlySpan<byte> query)
    {
        var question = query[HeaderBytes..^(query[11] is 0 ? 0 : OptRecordBytes)];
        return response.Length >= HeaderBytes + question.Length
            && response[..2].SequenceEqual(query[..2])
            && (response[2] & 0x80) is not 0
            && BinaryPrimitives.ReadUInt16BigEndian(response[4..]) is 1
            && Ascii.EqualsIgnoreCase(response.Slice(HeaderBytes, question.Length - 4), question[..^4])
            && response.Slice(HeaderBytes + question.Length - 4, 4).SequenceEqual(question[^4..]);
    }

    public static bool IsTruncated(ReadOnlySpan<byte> response) => (response[2] & 0x02) is not 0;

    /// <summary>0 is no error, 3 is no such name; all others mean that this server cannot say.</summary>
    public static int ResponseCode(ReadOnlySpan<byte> response) => response[3] & 0x0f;

    /// <summary>The server has validated all that it answers (RFC 4035 §3.2.3).</summary>
    public static bool IsAuthenticated(ReadOnlySpan<byte> response) => (response[3] & AuthenticData) is not 0;

    /// <summary>Takes from the answer what belongs to the name asked for, following aliases inside it.</summary>
    /// <exception cref="InvalidDataException">It is not well formed, or a server of another EDNS version wrote it.</exception>
    public static DnsReading Read(ReadOnlySpan<byte> response, string name, DnsType type)
    {
        try
        {
            return ReadAnswer(response, name, type);
        }
        catch (Exception fault) when (fault is ArgumentOutOfRangeException or IndexOutOfRangeException or ArgumentException)
        {
            throw new InvalidDataException("The response ends too early.", fault);
        }
    }

    private static DnsReading ReadAnswer(ReadOnlySpan<byte> response, string name, DnsType type)
    {
        var at = HeaderBytes;
        ReadName(response, ref at);
        at += 4;
        int answers = BinaryPrimitives.ReadUInt16BigEndian(response[6..]), authorities = BinaryPrimitives.ReadUInt16BigEndian(response[8..]),
            additional = BinaryPrimitives.ReadUInt16BigEndian(response[10..]);
        if (answers + authorities + additional > MaxRecords)
            throw new InvalidDataException("Too many records.");

        var found = new List<(string Owner, DnsRecord Record, uint Ttl)>(answers);
        for (var i = 0; i < answers; i++)
        {
            var record = ReadRecord(response, ref at, out var owner, out _, out var ttl, out _);
            if (record is not null)
                found.Add((owner, record, ttl));
        }

        uint? negativeTtl = null;
        for (var i = 0; i < authorities; i++)
        {
            ReadRecord(response, ref at, out _, out var recordType, out var ttl, out var minimum);
            if (recordType is DnsType.Soa)
                negativeTtl = Math.Min(ttl, minimum);   // RFC 2308 §5
        }

        for (var i = 0; i < additional; i++)
        {
            var before = at;
            ReadRecord(response, ref at, out _, out var recordType, out _, out _);
            // The OPT record is of the root; the upper part of the code stands where others have a TTL (RFC 6891 §6.1.3).
            if ((int)recordType is OptType && response[before] is 0 && response[before + 5] is not 0)
                throw new InvalidDataException("The server answers by another version of EDNS.");
        }

        var (shortest, isAlias) = (uint.MaxValue, false);
        for (var hops = 0; hops <= answers; hops++)
        {
            var here = found.Where(f => f.Owner == name).ToList();
            var wanted = here.Where(f => IsOf(f.Record, type)).ToList();
            var alias = here.FirstOrDefault(f => f.Record is DnsRecord.Alias);
            foreach (var (_, _, ttl) in wanted.Count > 0 ? wanted : here)
                shortest = Math.Min(shortest, ttl);
            if (wanted.Count > 0)
                return new DnsReading(new DnsAnswer(true, [.. wanted.Select(f => f.Record)], TimeSpan.FromSeconds(shortest)) { AliasOf = isAlias ? name : null }, null);
            if (alias.Record is not DnsRecord.Alias { Target: var target })
                break;
            (name, isAlias) = (target, true);
        }

        var exists = ResponseCode(response) is 0;
        var nothing = new DnsAnswer(exists, [], TimeSpan.FromSeconds(Math.Min(shortest, negativeTtl ?? 0))) { AliasOf = isAlias ? name : null };
        // Without an SOA the server has not said that the alias leads to nothing; it has only not followed it (RFC 2308 §2.2).
        return new DnsReading(nothing, isAlias && exists && negativeTtl is null ? TimeSpan.FromSeconds(shortest) : null);
    }

    private static bool IsOf(DnsRecord record, DnsType type) => (record, type) switch
    {
        (DnsRecord.Address address, DnsType.A) => address.Value.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork,
        (DnsRecord.Address address, DnsType.Aaaa) => address.Value.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6,
        (DnsRecord.Exchanger, DnsType.Mx) or (DnsRecord.Text, DnsType.Txt) or (DnsRecord.Alias, DnsType.Cname)
            or (DnsRecord.HostName, DnsType.Reverse) or (DnsRecord.Tlsa, DnsType.Tlsa) => true,
        _ => false,
    };

    private static DnsRecord? ReadRecord(
        ReadOnlySpan<byte> response, ref int at, out string owner, out DnsType type, out uint ttl, out uint soaMinimum)
    {
        owner = ReadName(response, ref at);
        type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(response[at..]);
        var recordClass = BinaryPrimitives.ReadUInt16BigEndian(response[(at + 2)..]);
        ttl = BinaryPrimitives.ReadUInt32BigEndian(response[(at + 4)..]);
        if (ttl > int.MaxValue)
            ttl = 0;        // RFC 2181 §8
        int length = BinaryPrimitives.ReadUInt16BigEndian(response[(at + 8)..]);
        at += 10;
        var data = response.Slice(at, length);
        var inside = at;
        at += length;
        soaMinimum = type is DnsType.Soa ? BinaryPrimitives.ReadUInt32BigEndian(data[^4..]) : 0;
        if (recordClass is not 1)
            return null;
        DnsRecord? record = null;
        switch (type)
        {
            case DnsType.A when length is 4:
            case DnsType.Aaaa when length is 16:
                return new DnsRecord.Address(new IPAddress(data));
            case DnsType.Mx:
                inside += 2;
                record = new DnsRecord.Exchanger(BinaryPrimitives.ReadUInt16BigEndian(data), ReadName(response, ref inside));
                break;
            case DnsType.Cname:
                record = new DnsRecord.Alias(ReadName(response, ref inside));
                break;
            case DnsType.Reverse:
                record = new DnsRecord.HostName(ReadName(response, ref inside));
                break;
            case DnsType.Txt:
                return new DnsRecord.Text(ReadStrings(data));
            case DnsType.Tlsa:
                return new DnsRecord.Tlsa(data[0], data[1], data[2], data[3..].ToArray());
        }

        return inside <= at ? record : throw new InvalidDataException("A name leaves its record.");
    }

    private static string ReadStrings(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder(data.Length);
        while (!data.IsEmpty)
        {
            text.Append(Encoding.UTF8.GetString(data.Slice(1, data[0])));
            data = data[(1 + data[0])..];
        }

        return text.ToString();
    }

    /// <summary>Reads a name, compressed or not. Pointers only ever lead backwards, so a loop cannot be (RFC 1035 §4.1.4).</summary>
    private static string ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        var name = new StringBuilder();
        var end = -1;
        for (var (here, barrier) = (at, at); ;)
        {
            var length = message[here];
            if (length is 0)
            {
                at = end < 0 ? here + 1 : end;
                return name.ToString().ToLowerInvariant();
            }

            if ((length & Pointer) is Pointer)
            {
                if (end < 0)
                    end = here + 2;
                here = BinaryPrimitives.ReadUInt16BigEndian(message[here..]) & 0x3fff;
                if (here >= barrier)
                    throw new InvalidDataException("A name points forwards.");
                barrier = here;
                continue;
            }

            if (length > MaxLabelBytes || name.Length + length > MaxNameBytes)
                throw new InvalidDataException("A name is too long.");
            if (name.Length > 0)
                name.Append('.');
            foreach (var value in message.Slice(here + 1, length))
                name.Append(value is > 0x20 and < 0x7f and not (byte)'.' ? (char)value : '?');
            here += length + 1;
        }
    }
}

/// <param name="Answer">What the message says.</param>
/// <param name="AliasTtl">Set when it ends with an alias whose target it says nothing of: that has to be asked for.</param>
internal readonly record struct DnsReading(DnsAnswer Answer, TimeSpan? AliasTtl);
