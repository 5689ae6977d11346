namespace Modular.Contacts.Importing;

/// <summary>Where rows come from, read once from front to back. Rows are pulled: the import sets the pace.</summary>
internal abstract class RowSource : IAsyncDisposable
{
    /// <summary>What the columns are called.</summary>
    public abstract IReadOnlyList<string> Headers { get; }

    /// <summary>Some of the first rows, for finding out what the columns hold.</summary>
    public abstract IReadOnlyList<string[]> Samples { get; }

    /// <summary>What the one who imports should know about the source, such as the encoding found.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>The source says that nothing changed since the last time: no rows are no fault then.</summary>
    public virtual bool IsUnchanged => false;

    /// <summary>What the source wants to find again the next time, once every row is stored; null when it wants nothing.</summary>
    public virtual IReadOnlyDictionary<string, string>? State => null;

    /// <summary>The row of the last successful <see cref="ReadAsync"/>; changed by the next.</summary>
    public abstract ISourceRow Current { get; }

    /// <summary>Bytes read so far, to compare with the source's size.</summary>
    public abstract long BytesDone { get; }

    public abstract ValueTask<bool> ReadAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}
