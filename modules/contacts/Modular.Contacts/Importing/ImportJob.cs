namespace Modular.Contacts.Importing;

/// <summary>One import as it is stored.</summary>
internal sealed record ImportJob
{
    public required long ImportId { get; init; }

    /// <summary><c>file</c>, or the name of a plugin's source.</summary>
    public required string Source { get; init; }

    /// <summary>Below the drop folder's <c>import/</c>; for a plugin's source, its schedule's name.</summary>
    public required string FileName { get; init; }

    public string? FileTag { get; init; }

    /// <summary>Null where the source does not know its size.</summary>
    public long? FileBytes { get; init; }

    public required string Settings { get; init; }

    public required string Actor { get; init; }

    /// <summary><c>waiting</c>, <c>running</c>, <c>finished</c>, <c>failed</c>, <c>cancelled</c>.</summary>
    public required string State { get; init; }

    public string? Stage { get; init; }

    /// <summary>Why it failed; null unless it did.</summary>
    public string? Fault { get; init; }

    public required string[] Notes { get; init; }

    /// <summary>Rows done with: the sum of the five counts.</summary>
    public long Records { get; init; }

    public long BytesDone { get; init; }

    public long Added { get; init; }

    public long Updated { get; init; }

    public long Unchanged { get; init; }

    public long Duplicates { get; init; }

    public long Faulty { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset? MovedAt { get; init; }

    public long? ScheduleId { get; init; }

    /// <summary>How often it was taken up since its last batch, or since it was stored.</summary>
    public int Attempts { get; init; }

    /// <summary>The lists that whoever asked for it reaches: contacts on none of these stay as they are. Null: all contacts.</summary>
    public long[]? WithinLists { get; init; }

    public const string FromFile = "file";

    public bool IsOver => State is "finished" or "failed" or "cancelled";

    /// <summary>Rows a second since it was started; 0 while that says nothing.</summary>
    public double RowsPerSecond(DateTimeOffset now) =>
        StartedAt is { } start && (FinishedAt ?? now) - start is { TotalSeconds: > 0.01 } span ? Records / span.TotalSeconds : 0;

    /// <summary>By the bytes still to be read; null when that is unknown.</summary>
    public TimeSpan? TimeLeft(DateTimeOffset now) =>
        State == "running" && StartedAt is { } start && FileBytes is { } all && BytesDone > 0 && all >= BytesDone ? (now - start) * ((double)(all - BytesDone) / BytesDone) : null;

    /// <summary>How much of the source is read, 0 to 1.</summary>
    public double Progress => State == "finished" ? 1 : FileBytes is > 0 ? Math.Clamp((double)BytesDone / FileBytes.Value, 0, 1) : 0;

    /// <summary>Where the rows that were left out are told, beside the file; null when all were taken.</summary>
    public string? ErrorFile => Source == FromFile && (Faulty > 0 || State == "failed") ? ErrorFileOf(FileName) : null;

    public static string ErrorFileOf(string fileName) => Path.ChangeExtension(fileName, null) + ".errors.csv";
}
