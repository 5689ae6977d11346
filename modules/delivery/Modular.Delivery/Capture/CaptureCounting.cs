namespace Modular.Delivery.Capture;

/// <summary>What the capture server accepted, counted from its index alone: the far side's own account of a run.</summary>
/// <param name="Distinct">By Message-ID.</param>
/// <param name="Duplicates">Copies beyond the first.</param>
/// <param name="Unexplained">
/// Duplicates whose first copy was not the last message of its connection: none, if no final dot is sent before the outcome of the message before it is kept.
/// </param>
/// <param name="ByConnection">Those on which a first copy came in that came again, at most 1,000.</param>
internal sealed record CaptureCounts(
    long Messages, long Distinct, long Duplicates, int Connections, int MostDuplicatesOfAConnection, int Unexplained, IReadOnlyList<ConnectionCount> ByConnection)
{
    private const int MaxListed = 1_000;

    /// <summary>Two passes over the index: 8 bytes a message in memory, whatever its size.</summary>
    public static CaptureCounts Of(CaptureFiles files, TenantId tenant)
    {
        var hashes = new List<ulong>();
        var connections = new Dictionary<long, (int Messages, ulong Last)>();
        foreach (var (_, record) in files.ReadFrom(0))
        {
            if (record.Tenant != tenant.Value) continue;
            var hash = (ulong)record.MessageId;
            hashes.Add(hash);
            connections[record.Connection] = (connections.GetValueOrDefault(record.Connection).Messages + 1, hash);
        }
        var messages = hashes.Count;
        hashes.Sort();
        var repeated = new HashSet<ulong>();
        for (var i = 1; i < hashes.Count; i++)
        {
            if (hashes[i] == hashes[i - 1]) repeated.Add(hashes[i]);
        }

        var firstOn = new Dictionary<ulong, long>();
        var duplicatesOf = new Dictionary<long, int>();
        var (duplicates, unexplained) = (0L, 0);
        foreach (var (_, record) in repeated.Count > 0 ? files.ReadFrom(0) : [])
        {
            var hash = (ulong)record.MessageId;
            if (record.Tenant != tenant.Value || !repeated.Contains(hash)) continue;
            if (!firstOn.TryGetValue(hash, out var connection))
            {
                firstOn.Add(hash, record.Connection);
                continue;
            }
            duplicates++;
            duplicatesOf[connection] = duplicatesOf.GetValueOrDefault(connection) + 1;
            if (connections[connection].Last != hash) unexplained++;
            firstOn[hash] = record.Connection; // a further copy answers for the next one
        }
        return new CaptureCounts(
            messages, messages - duplicates, duplicates, connections.Count, duplicatesOf.Values.DefaultIfEmpty().Max(), unexplained,
            [.. duplicatesOf.Take(MaxListed).Select(pair => new ConnectionCount(pair.Key.ToString("x16", System.Globalization.CultureInfo.InvariantCulture), connections[pair.Key].Messages, pair.Value))]);
    }
}

internal sealed record ConnectionCount(string Connection, int Messages, int Duplicates);
