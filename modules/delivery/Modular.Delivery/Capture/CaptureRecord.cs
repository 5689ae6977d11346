using System.Runtime.InteropServices;

namespace Modular.Delivery.Capture;

/// <summary>One line of the capture index, as it stands in the file. It names nobody: hashes and ids alone.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct CaptureRecord
{
    public const int Bytes = 1 + 1 + 2 + 4 + 8 + 8 + 8 + 8 + 16 + 16 + 8 + 4 + 4;

    /// <summary>1; anything else is a torn line.</summary>
    public byte Version;

    public ReactionState Reactions;

    public short Reserved;

    public int Segment;

    /// <summary>Milliseconds since 1970.</summary>
    public long AtMilliseconds;

    /// <summary>Unique over restarts.</summary>
    public long Connection;

    /// <summary>-1 when the return path is none of ours.</summary>
    public long Tenant;

    public long RecipientId;

    public UInt128 MessageId;

    public UInt128 Recipient;

    public long Offset;

    /// <summary>Of the sealed message in its segment.</summary>
    public int Length;

    public int Reserved2;

    public readonly DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(AtMilliseconds);
}

internal enum ReactionState : byte
{
    None = 0,
    Wanted = 1,
    Done = 2,
}

/// <param name="From">The envelope sender.</param>
/// <param name="To">The envelope recipient.</param>
internal sealed record CapturedMail(long Number, CaptureRecord Record, string From, string To, ReadOnlyMemory<byte> Content);
