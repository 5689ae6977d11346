namespace Modular.Contacts.Importing;

/// <summary>One row of a source, read: its cells are text, the mapping is ours. It may be the reader's own and change with the next read.</summary>
internal interface ISourceRow
{
    /// <summary>Where a person finds it in the source; the first line is 1.</summary>
    long Line { get; }

    /// <summary>How many cells it has.</summary>
    int Count { get; }

    /// <summary>Why the row cannot be used at all; null when it can.</summary>
    string? Fault { get; }

    string Field(int index);
}

/// <summary>What a row says about a contact.</summary>
/// <param name="Values">One for each field of the mapping, in its order; null where the row says nothing.</param>
/// <param name="OptedOut">The source says that this person does not want mail.</param>
internal sealed record ContactDraft(long Line, EmailAddress Email, object?[] Values, bool OptedOut);

/// <summary>Why a row is left out, without its values.</summary>
/// <param name="Field">The column's field; null when the whole row is meant.</param>
internal sealed record RowFault(long Line, string? Field, string Reason);
