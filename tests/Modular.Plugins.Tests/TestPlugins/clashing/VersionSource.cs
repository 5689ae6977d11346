using System.Runtime.CompilerServices;
using CsvHelper;
using Modular.Plugins;

namespace TestPlugins.Clashing;

/// <summary>Says which CsvHelper it runs with.</summary>
public sealed class VersionSource : IImportSource
{
    public string Name => "version";

    public async IAsyncEnumerable<ContactRow> ReadAsync(SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        yield return new ContactRow(1, new Dictionary<string, string> { ["version"] = typeof(CsvReader).Assembly.GetName().Version!.ToString() });
    }
}
