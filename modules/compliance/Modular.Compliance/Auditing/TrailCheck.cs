using System.Globalization;
using System.Security.Cryptography;

namespace Modular.Compliance.Auditing;

/// <summary>
/// Whether a trail is whole: no row removed, changed, inserted, swapped or cut off. It reads every row once, in order, and holds one of them; a fault names the
/// first row that it is about.
/// </summary>
internal sealed class TrailCheck(TrailConnections connections, AnchorBook anchors, TrailKeys keys)
{
    /// <summary>After so many it stops: the rest is the same damage.</summary>
    public const int MostFaults = 20;

    /// <summary>The whole trail against its anchor, and against a head that someone noted elsewhere.</summary>
    /// <param name="noted">Null: none was.</param>
    public async Task<TrailVerdict> VerifyAsync(Trail trail, TrailHead? noted, CancellationToken ct)
    {
        var anchor = await anchors.FindAsync(trail, ct);   // before the rows, so that it is never ahead of an honest trail
        var known = new List<TrailHead>();
        var faults = new List<TrailFault>();
        if (anchor is not null && anchor.IsGenuine(keys, trail)) known.Add(anchor.Head);
        else if (anchor is not null) faults.Add(new TrailFault(anchor.Head.Seq, "the anchor of this row was not made here: someone changed it without the keys"));
        if (noted is not null) known.Add(noted);

        var verdict = await CheckAsync(trail, 1, known, faults, ct);
        if (anchor is null && verdict.Head.Seq > 0) faults.Add(new TrailFault(verdict.Head.Seq, "no anchor is kept of this trail: whether its end was cut off cannot be told"));
        return verdict;
    }

    /// <summary>What came after a head that was known to be whole; that row itself is checked once more against the one before it.</summary>
    public Task<TrailVerdict> ContinueAsync(Trail trail, TrailHead start, CancellationToken ct) => CheckAsync(trail, Math.Max(1, start.Seq - 1), [start], [], ct);

    private async Task<TrailVerdict> CheckAsync(Trail trail, long first, List<TrailHead> known, List<TrailFault> faults, CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(trail, ct);
        var last = new TrailHead(0, Deed.NoHash);
        var previous = first == 1 ? Deed.NoHash : null;   // null: what stands before is not known
        var (rows, readTo) = (0L, first - 1);
        await foreach (var row in TrailRows.FromAsync(connection, trail, first, ct))
        {
            rows++;
            var seq = row.Deed.Seq;
            if (seq != readTo + 1)
            {
                faults.Add(new TrailFault(readTo + 1, Span(readTo + 1, seq - 1) + " removed"));
                previous = null;
            }
            readTo = seq;
            if (FaultOf(trail, row, previous, out previous) is { } what) faults.Add(new TrailFault(seq, what));
            else if (known.FirstOrDefault(k => k.Seq == seq) is { } head && !head.Hash.AsSpan().SequenceEqual(row.Hash)) faults.Add(new TrailFault(seq, "it is not the row that stood here when the trail was last known to be whole"));
            last = new TrailHead(seq, row.Hash);
            if (faults.Count >= MostFaults) return new TrailVerdict(rows, last, faults, IsComplete: false);
        }
        if (known.Select(k => k.Seq).DefaultIfEmpty().Max() is var end && end > readTo) faults.Add(new TrailFault(readTo + 1, Span(readTo + 1, end) + " cut off from the end"));
        return new TrailVerdict(rows, last, faults, IsComplete: true);
    }

    /// <param name="previous">The hash of the row before; null where it is not known.</param>
    /// <param name="own">The hash that the row after was made on, as far as it can be known.</param>
    private string? FaultOf(Trail trail, TrailRow row, byte[]? previous, out byte[]? own)
    {
        own = row.Hash;
        var made = previous is null ? null : row.Deed.Hash(previous);
        if (!CryptographicOperations.FixedTimeEquals(keys.Mac(trail, row.Hash), row.Mac))
        {
            own = made is not null && CryptographicOperations.FixedTimeEquals(keys.Mac(trail, made), row.Mac) ? made : null;
            return own is null ? "it was inserted or rewritten by someone without the keys" : "its hash was changed";
        }
        if (made is not null && !made.AsSpan().SequenceEqual(row.Hash)) return "it was changed, or it does not belong behind the row that stands before it";
        try
        {
            var content = keys.Open(trail, row.Deed.Seq, row.Content);
            return keys.Commitment(trail, row.Deed.Seq, content).AsSpan().SequenceEqual(row.Deed.Commitment) ? null : "what is sealed in it was exchanged";
        }
        catch (CryptographicException)
        {
            return "what is sealed in it was changed";
        }
    }

    private static string Span(long first, long last) =>
        first == last ? string.Create(CultureInfo.InvariantCulture, $"row {first} was") : string.Create(CultureInfo.InvariantCulture, $"rows {first} to {last} were");
}

/// <summary>A row's number and hash: with them written down elsewhere, the trail up to there can be checked against anyone.</summary>
internal sealed record TrailHead(long Seq, byte[] Hash)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seq}:{Convert.ToHexStringLower(Hash)}");

    public static bool TryParse(string text, out TrailHead? head)
    {
        head = null;
        if (text.Split(':') is not [var seq, var hash] || hash.Length != 2 * Deed.HashBytes || !hash.All(char.IsAsciiHexDigit)) return false;
        if (!long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        head = new TrailHead(number, Convert.FromHexString(hash));
        return true;
    }
}

/// <param name="Seq">The row that it is about.</param>
internal sealed record TrailFault(long Seq, string What);

/// <param name="Rows">Read.</param>
/// <param name="Head">The last row read; number 0 when there is none.</param>
/// <param name="IsComplete">False when it stopped at <see cref="TrailCheck.MostFaults"/>.</param>
internal sealed record TrailVerdict(long Rows, TrailHead Head, IReadOnlyList<TrailFault> Faults, bool IsComplete)
{
    public bool IsWhole => Faults.Count == 0;
}
