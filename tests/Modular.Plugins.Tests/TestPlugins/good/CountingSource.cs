using System.Globalization;
using System.Runtime.CompilerServices;
using Modular.Plugins;

namespace TestPlugins.Good;

/// <summary>Yields as many rows as its setting says, and remembers that it did.</summary>
public sealed class CountingSource : IImportSource
{
    public string Name => "counting";

    public async IAsyncEnumerable<ContactRow> ReadAsync(SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        var rows = int.Parse(context.Required("rows"), CultureInfo.InvariantCulture);
        for (var line = 1; line <= rows; line++)
        {
            await Task.Yield();
            ct.ThrowIfCancellationRequested();
            yield return new ContactRow(line, new Dictionary<string, string> { ["email"] = $"{line}@example.com" });
        }

        context.State["last"] = context.Time.GetUtcNow().ToString("O");
    }
}
