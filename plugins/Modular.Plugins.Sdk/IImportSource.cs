namespace Modular.Plugins;

/// <summary>
/// Somewhere that contacts come from. A plugin has a public class with a parameterless constructor for each source; the host makes one instance, which may
/// be asked for several tenants at once.
/// </summary>
public interface IImportSource
{
    /// <summary>What settings and logs call it: lower-case words with hyphens, unique in the installation, as in <c>http-csv</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Reads the source from its beginning. The host pulls: it sets the pace, counts, and may stop at any row. Keep nothing between calls; what the
    /// next run must know goes into <see cref="SourceContext.State"/>.
    /// </summary>
    /// <exception cref="SourceFaultException">The source cannot be read, in words for the customer who set it up.</exception>
    IAsyncEnumerable<ContactRow> ReadAsync(SourceContext context, CancellationToken ct);
}

/// <summary>One row as the source has it: raw text by column name. What it means, and whether it is any good, is the host's to say.</summary>
/// <param name="Line">Where a person finds it: the line of the file, from 1, counting the header; for other sources the row's number.</param>
public sealed record ContactRow(long Line, IReadOnlyDictionary<string, string> Fields);
