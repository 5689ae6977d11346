using System.Security.Cryptography;

namespace Modular.Mail.Dkim;

/// <summary>The SHA-256 of a canonical body (RFC 6376 §3.7). Keeps its buffers; not thread-safe.</summary>
internal sealed class BodyHash : IDisposable
{
    private const int StepBytes = 16 * 1024;

    private readonly IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] step = new byte[StepBytes];
    private long left;
    private int used;

    /// <param name="mostBytes">What a signature's l= counts, in canonical octets (RFC 6376 §3.5); null hashes all.</param>
    /// <returns>False when the canonical body has fewer octets than <paramref name="mostBytes"/>.</returns>
    public bool Compute(ReadOnlySpan<byte> body, DkimCanonicalization canonicalization, Span<byte> hash, long? mostBytes = null)
    {
        left = mostBytes ?? long.MaxValue;
        if (canonicalization is DkimCanonicalization.Simple)
            Simple(body);
        else
            Relaxed(body);
        Flush();
        sha.GetHashAndReset(hash);
        return mostBytes is null || left is 0;
    }

    public void Dispose() => sha.Dispose();

    private void Simple(ReadOnlySpan<byte> body)
    {
        while (body.EndsWith("\r\n"u8))
            body = body[..^2];
        Append(body);
        Append("\r\n"u8);
    }

    /// <summary>
    /// Copies the stretches that need no change, found by vectorised searches; only a run of blanks, a tab, or a blank before a line end
    /// stops it. Each search is repeated only once its last find has been passed, so the whole is linear.
    /// </summary>
    private void Relaxed(ReadOnlySpan<byte> body)
    {
        body = TrimEnd(body);
        if (body.IsEmpty)
            return;
        var at = 0;
        var nextRun = Find(body, 0, "  "u8);
        var nextEnd = Find(body, 0, " \r\n"u8);
        var nextTab = Find(body, 0, "\t"u8);
        while (true)
        {
            var stop = Math.Min(nextRun, Math.Min(nextEnd, nextTab));
            Append(body[at..stop]);
            if (stop == body.Length)
                break;
            at = stop;
            while (at < body.Length && body[at] is (byte)' ' or (byte)'\t')
                at++;
            // A blank that was copied already (" \t") and this run are one run.
            var followsBlank = stop > 0 && body[stop - 1] is (byte)' ';
            var endsLine = body[at..].StartsWith("\r\n"u8);
            if (endsLine && followsBlank)
                TakeBack();
            if (!endsLine && !followsBlank)
                Append(" "u8);
            if (nextRun < at)
                nextRun = Find(body, at, "  "u8);
            if (nextEnd < at)
                nextEnd = Find(body, at, " \r\n"u8);
            if (nextTab < at)
                nextTab = Find(body, at, "\t"u8);
        }

        Append("\r\n"u8);
    }

    private static int Find(ReadOnlySpan<byte> body, int from, ReadOnlySpan<byte> what) =>
        body[from..].IndexOf(what) is >= 0 and var found ? from + found : body.Length;

    /// <summary>Cuts blank lines at the end, and the blanks and line end of the last line that is none (RFC 6376 §3.4.4).</summary>
    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> body)
    {
        while (true)
        {
            body = body.TrimEnd(" \t"u8);
            if (!body.EndsWith("\r\n"u8))
                return body;
            body = body[..^2];
        }
    }

    private void Append(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            // The last octet stays in the step, so that TakeBack finds it.
            if (used == step.Length)
            {
                Hash(step.AsSpan(0, used - 1));
                step[0] = step[used - 1];
                used = 1;
            }

            var taken = Math.Min(octets.Length, step.Length - used);
            octets[..taken].CopyTo(step.AsSpan(used));
            used += taken;
            octets = octets[taken..];
        }
    }

    private void TakeBack() => used--;

    private void Flush()
    {
        Hash(step.AsSpan(0, used));
        used = 0;
    }

    private void Hash(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > left)
            octets = octets[..(int)left];
        sha.AppendData(octets);
        left -= octets.Length;
    }
}
