using System.Runtime.Intrinsics;

namespace Modular.Mail.Smtp;

/// <summary>
/// CR and LF may only stand together, in this order (RFC 5321 §2.3.8). Two programs that disagree about a bare one disagree about where
/// a message ends, which is how mail is smuggled.
/// </summary>
public static class LineEnds
{
    private const byte Cr = (byte)'\r', Lf = (byte)'\n';

    /// <summary>True when every CR is followed by LF and every LF follows a CR.</summary>
    public static bool AreStrict(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return true;
        if (text[0] is Lf || text[^1] is Cr)
            return false;

        var at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            // Compare each byte and its right neighbour: "is a CR" and "is followed by LF" must be the same fact.
            var broken = Vector256<byte>.Zero;
            for (; at + Vector256<byte>.Count < text.Length; at += Vector256<byte>.Count)
            {
                var here = Vector256.Create(text.Slice(at, Vector256<byte>.Count));
                var next = Vector256.Create(text.Slice(at + 1, Vector256<byte>.Count));
                broken |= Vector256.Equals(here, Vector256.Create(Cr)) ^ Vector256.Equals(next, Vector256.Create(Lf));
            }

            if (broken != Vector256<byte>.Zero)
                return false;
        }

        for (; at + 1 < text.Length; at++)
        {
            if (text[at] is Cr != text[at + 1] is Lf)
                return false;
        }

        return true;
    }
}
