using Modular.Plugins;
using Modular.Plugins.Hosting;

namespace Modular.Contacts.Importing.Schedules;

/// <summary>A plugin's source as rows. Its columns are those that its first rows name.</summary>
internal sealed class PluginRowSource : RowSource
{
    private const int SampleRows = 20;

    private readonly ISourceLease _lease;
    private readonly SourceContext _context;
    private readonly IAsyncEnumerator<ContactRow> _rows;
    private readonly Queue<ContactRow> _ahead = new();
    private readonly List<string> _headers = [];
    private readonly CurrentRow _current;
    private string[][] _samples = [];

    private PluginRowSource(ISourceLease lease, SourceContext context, CancellationToken ct)
    {
        _lease = lease;
        _context = context;
        _rows = lease.Source.ReadAsync(context, ct).GetAsyncEnumerator(ct);
        _current = new CurrentRow(_headers);
    }

    public override IReadOnlyList<string> Headers => _headers;

    public override IReadOnlyList<string[]> Samples => _samples;

    public override ISourceRow Current => _current;

    /// <summary>A plugin does not say how much it has read.</summary>
    public override long BytesDone => 0;

    public override bool IsUnchanged => _context.IsUnchanged;

    public override IReadOnlyDictionary<string, string> State => _context.State.AsReadOnly();

    /// <param name="ct">Ends the reading, whenever it comes.</param>
    /// <exception cref="SourceFaultException">The source cannot be read.</exception>
    public static async Task<PluginRowSource> OpenAsync(ISourceLease lease, SourceContext context, CancellationToken ct)
    {
        var source = new PluginRowSource(lease, context, ct);
        try
        {
            while (source._ahead.Count < SampleRows && await source.PullAsync() is { } row)
            {
                source._ahead.Enqueue(row);
                source._headers.AddRange(row.Fields.Keys.Except(source._headers, StringComparer.OrdinalIgnoreCase).Take(Csv.CsvParser.MaxColumns - source._headers.Count));
            }
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
        source._samples = [.. source._ahead.Select(row => source._headers.Select(h => row.Fields.GetValueOrDefault(h) ?? "").ToArray())];
        return source;
    }

    public override async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        var next = _ahead.Count > 0 ? _ahead.Dequeue() : await PullAsync();
        if (next is null) return false;
        _current.Row = next;
        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync();
        _lease.Dispose();
    }

    private async ValueTask<ContactRow?> PullAsync()
    {
        try
        {
            return await _rows.MoveNextAsync() ? _rows.Current : null;
        }
        catch (Exception e) when (e is not (SourceFaultException or OperationCanceledException))
        {
            throw new SourceFaultException($"The source '{_lease.Source.Name}' broke off: {e.GetType().Name}. Tell whoever runs this installation.", isTransient: true, e);
        }
    }

    private sealed class CurrentRow(List<string> headers) : ISourceRow
    {
        public ContactRow Row { get; set; } = new(0, new Dictionary<string, string>());

        public long Line => Row.Line;

        public int Count => headers.Count;

        public string? Fault => null;

        public string Field(int index) => Row.Fields.GetValueOrDefault(headers[index]) ?? "";
    }
}
