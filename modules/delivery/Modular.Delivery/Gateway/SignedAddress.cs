using System.Buffers.Binary;

namespace Modular.Delivery.Gateway;

/// <summary>What one of our signed local parts is for; the letter stands in front of it.</summary>
internal enum AddressKind
{
    /// <summary>Return path: bounces come here (VERP).</summary>
    Bounce = 'b',

    /// <summary>Left of the at sign in a Message-ID, so that a report which quotes it says whose mail it was.</summary>
    MessageId = 'm',

    /// <summary>Unsubscribes by mail (RFC 2369 §3.2).</summary>
    Unsubscribe = 'u',

    /// <summary>Complaints about this one message (RFC 9477).</summary>
    Feedback = 'f',
}

/// <summary>Whose message it is, as one of our own addresses says it.</summary>
internal readonly record struct SignedAddress(AddressKind Kind, TenantId Tenant, long RecipientId);

/// <summary>
/// Writes and reads local parts that only we can make: kind, then base32hex (RFC 4648 §7, lower case, no padding) of version, tenant, recipient id and
/// MAC. Forty letters and digits; any case is read, because some mail systems change it.
/// </summary>
internal sealed class SignedAddresses(ISealer sealer)
{
    public const int Length = 40;

    private const string Purpose = "delivery.address";
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";
    private const byte Version = 1;
    private const int MacBytes = 10;
    private const int SignedBytes = 1 + TenantId.Bytes + sizeof(long);
    private const int Bytes = SignedBytes + MacBytes;

    public string Write(SignedAddress address)
    {
        Span<byte> data = stackalloc byte[1 + Bytes];
        data[0] = (byte)address.Kind;
        data[1] = Version;
        Span<byte> tenant = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(tenant, address.Tenant.Value);
        tenant[^TenantId.Bytes..].CopyTo(data[2..]);
        BinaryPrimitives.WriteInt64BigEndian(data[(2 + TenantId.Bytes)..], address.RecipientId);
        sealer.Mac(address.Tenant, Purpose, data[..(1 + SignedBytes)], data[(1 + SignedBytes)..]);

        Span<char> text = stackalloc char[Length];
        text[0] = (char)address.Kind;
        Encode(data[1..], text[1..]);
        return new string(text);
    }

    /// <summary>False for anything we did not write; the MAC is compared in constant time.</summary>
    public bool TryRead(ReadOnlySpan<char> local, out SignedAddress address)
    {
        address = default;
        if (local.Length != Length) return false;
        var kind = (AddressKind)char.ToLowerInvariant(local[0]);
        if (kind is not (AddressKind.Bounce or AddressKind.MessageId or AddressKind.Unsubscribe or AddressKind.Feedback)) return false;

        Span<byte> data = stackalloc byte[1 + Bytes];
        data[0] = (byte)kind;
        if (!TryDecode(local[1..], data[1..]) || data[1] != Version) return false;
        Span<byte> tenant = stackalloc byte[8];
        tenant.Clear();
        data.Slice(2, TenantId.Bytes).CopyTo(tenant[^TenantId.Bytes..]);
        var owner = new TenantId(BinaryPrimitives.ReadInt64BigEndian(tenant));
        if (!sealer.IsMac(owner, Purpose, data[..(1 + SignedBytes)], data[(1 + SignedBytes)..])) return false;
        address = new SignedAddress(kind, owner, BinaryPrimitives.ReadInt64BigEndian(data[(2 + TenantId.Bytes)..]));
        return true;
    }

    private static void Encode(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        int bits = 0, held = 0, at = 0;
        foreach (var b in bytes)
        {
            held = held << 8 | b;
            for (bits += 8; bits >= 5; bits -= 5) text[at++] = Alphabet[held >> (bits - 5) & 31];
            held &= (1 << bits) - 1;
        }
        if (bits > 0) text[at] = Alphabet[held << (5 - bits) & 31];
    }

    /// <summary>Strict: the bits that fill up the last letter are zero, or one address could be written in several ways.</summary>
    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        int bits = 0, held = 0, at = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal);
            if (digit < 0) return false;
            held = held << 5 | digit;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes[at++] = (byte)(held >> bits);
            held &= (1 << bits) - 1;
        }
        return at == bytes.Length && held is 0;
    }
}
