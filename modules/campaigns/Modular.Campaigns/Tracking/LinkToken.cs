using System.Buffers.Binary;
using System.Buffers.Text;

namespace Modular.Campaigns.Tracking;

/// <summary>What a link in a mail is for.</summary>
internal enum LinkKind : byte
{
    Open = 1,
    Click = 2,
    Unsubscribe = 3,
    Preferences = 4,
    View = 5,
}

/// <summary>
/// What rides in every link of a mail: 44 letters of base64url over 33 bytes, of which the last 11 are a MAC under the tenant's key. It says nothing
/// to a reader and works without a look into any table; whoever changes a bit of it gets nothing.
/// </summary>
/// <param name="IsTest">From a test mail: it works, but nothing is counted.</param>
/// <param name="RevisionId">The frozen content that the mail was made of.</param>
/// <param name="Link">From 1; 0 where the kind needs none.</param>
internal readonly record struct LinkToken(LinkKind Kind, bool IsTest, TenantId Tenant, long RevisionId, long RecipientId, ushort Link)
{
    /// <summary>Letters of the written form. A multiple of four, so that no bit of the last letter is free to be changed.</summary>
    public const int Length = 44;

    public const string MacPurpose = "link";

    private const int BodyBytes = 1 + TenantId.Bytes + IdBytes + IdBytes + 2;
    private const int MacBytes = 11;
    private const int IdBytes = 7; // ids stay below 2^53
    private const byte TestFlag = 0x80;

    /// <param name="text">Exactly <see cref="Length"/> bytes.</param>
    public void Write(ISealer sealer, Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[BodyBytes + MacBytes];
        bytes[0] = (byte)((byte)Kind | (IsTest ? TestFlag : 0));
        WriteNumber(bytes[1..], Tenant.Value, TenantId.Bytes);
        WriteNumber(bytes[6..], RevisionId, IdBytes);
        WriteNumber(bytes[13..], RecipientId, IdBytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[20..], Link);
        sealer.Mac(Tenant, MacPurpose, bytes[..BodyBytes], bytes[BodyBytes..]);
        Base64Url.EncodeToUtf8(bytes, text, out _, out _);
    }

    public string ToText(ISealer sealer)
    {
        Span<byte> text = stackalloc byte[Length];
        Write(sealer, text);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    /// <summary>False for whatever we did not write; the MAC is compared in constant time.</summary>
    public static bool TryRead(ISealer sealer, ReadOnlySpan<char> text, LinkKind kind, out LinkToken token)
    {
        token = default;
        Span<byte> bytes = stackalloc byte[BodyBytes + MacBytes];
        if (text.Length != Length || Base64Url.DecodeFromChars(text, bytes, out var read, out var written) is not System.Buffers.OperationStatus.Done
            || read != Length || written != bytes.Length) return false;
        if ((bytes[0] & ~TestFlag) != (byte)kind) return false;
        var tenant = new TenantId(ReadNumber(bytes[1..], TenantId.Bytes));
        if (!sealer.IsMac(tenant, MacPurpose, bytes[..BodyBytes], bytes[BodyBytes..])) return false;
        token = new LinkToken(kind, (bytes[0] & TestFlag) != 0, tenant,
            ReadNumber(bytes[6..], IdBytes), ReadNumber(bytes[13..], IdBytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[20..]));
        return true;
    }

    private static void WriteNumber(Span<byte> to, long value, int bytes)
    {
        for (var i = bytes - 1; i >= 0; i--, value >>= 8) to[i] = (byte)value;
    }

    private static long ReadNumber(ReadOnlySpan<byte> from, int bytes)
    {
        long value = 0;
        foreach (var b in from[..bytes]) value = value << 8 | b;
        return value;
    }
}
