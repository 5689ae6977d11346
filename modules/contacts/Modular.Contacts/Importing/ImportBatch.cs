namespace Modular.Contacts.Importing;

/// <summary>What some thousand rows say, one entry for each address: of rows about the same address, each later one is laid over the earlier.</summary>
/// <param name="keepsRows">Whether a draft may still be rejected when it is written, so that its rows must be found again.</param>
internal sealed class ImportBatch(bool keepsRows = false)
{
    /// <summary>Rows of one batch, good and bad: what a crash makes do again, at most.</summary>
    public const int MaxRows = 5_000;

    private readonly Dictionary<Guid, ContactDraft> _drafts = new(MaxRows);
    private readonly List<(long Record, RowFault Fault)> _faults = [];
    private readonly List<(long Record, long Line, Guid Index)> _rows = [];

    /// <summary>By blind index.</summary>
    public IReadOnlyDictionary<Guid, ContactDraft> Drafts => _drafts;

    /// <summary>With which row of the source it is about, the first being 1.</summary>
    public IReadOnlyList<(long Record, RowFault Fault)> Faults => _faults;

    public int Rows { get; private set; }

    /// <summary>Rows whose address stood in an earlier row of this batch.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Where the source stands behind the last row.</summary>
    public long BytesDone { get; set; }

    public bool IsFull => Rows >= MaxRows;

    public void Add(long record, Guid index, ContactDraft draft)
    {
        Rows++;
        if (keepsRows) _rows.Add((record, draft.Line, index));
        ref var slot = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_drafts, index, out var exists);
        if (exists) Duplicates++;
        slot = exists ? Over(slot!, draft) : draft;   // an existing slot holds a draft
    }

    public void Add(long record, RowFault fault)
    {
        Rows++;
        _faults.Add((record, fault));
    }

    /// <summary>The faults of the rows about these addresses, for batches that keep rows.</summary>
    public IReadOnlyList<(long Record, RowFault Fault)> Reject(IReadOnlySet<Guid> indexes, string reason) =>
        [.. _rows.Where(row => indexes.Contains(row.Index)).Select(row => (row.Record, new RowFault(row.Line, "email", reason)))];

    private static ContactDraft Over(ContactDraft earlier, ContactDraft later)
    {
        var values = new object?[later.Values.Length];
        for (var i = 0; i < values.Length; i++) values[i] = later.Values[i] ?? earlier.Values[i];
        return earlier with { Values = values, OptedOut = earlier.OptedOut || later.OptedOut };
    }
}
