using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Compliance.Auditing;

/// <summary>One row of a trail but for its sealed content: what the chain is made over.</summary>
/// <param name="Seq">1, 2, 3, without a gap.</param>
/// <param name="At">To the microsecond, which is as fine as PostgreSQL keeps it.</param>
/// <param name="Commitment">MAC over the content in clear: see <see cref="TrailKeys.Commitment"/>.</param>
internal sealed record Deed(
    long Seq, DateTimeOffset At, string ActorKind, Guid ActorIndex, string Door, Guid? AddressIndex, string Action, string Subject, string? Detail, bool IsRefused, byte[] Commitment)
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>What stands before the first row.</summary>
    public static byte[] NoHash => new byte[HashBytes];

    /// <summary>
    /// SHA-256 over the previous row's hash and all columns in the order of the table. Each text goes in with its length in front, absent ones with -1, so that
    /// no two different rows are the same bytes.
    /// </summary>
    public byte[] Hash(ReadOnlySpan<byte> previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("modular audit 1\n"u8);
        hash.AppendData(previous);
        Number(hash, Seq);
        Number(hash, At.UtcTicks / TimeSpan.TicksPerMicrosecond);
        Words(hash, ActorKind);
        hash.AppendData(ActorIndex.ToByteArray(bigEndian: true));
        Words(hash, Door);
        Number(hash, AddressIndex is null ? -1 : 16);
        if (AddressIndex is { } address) hash.AppendData(address.ToByteArray(bigEndian: true));
        Words(hash, Action);
        Words(hash, Subject);
        Words(hash, Detail);
        Number(hash, IsRefused ? 1 : 0);
        Number(hash, Commitment.Length);
        hash.AppendData(Commitment);
        return hash.GetHashAndReset();
    }

    private static void Words(IncrementalHash hash, string? text)
    {
        if (text is null)
        {
            Number(hash, -1);
            return;
        }
        var bytes = Encoding.UTF8.GetBytes(text);
        Number(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Number(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
