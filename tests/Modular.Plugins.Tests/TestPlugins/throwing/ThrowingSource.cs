using Modular.Plugins;

namespace TestPlugins.Throwing;

/// <summary>Throws before anybody asked it anything.</summary>
public sealed class ThrowingSource : IImportSource
{
    public ThrowingSource() => throw new InvalidOperationException("no licence file");

    public string Name => "throwing";

    public IAsyncEnumerable<ContactRow> ReadAsync(SourceContext context, CancellationToken ct) => throw new InvalidOperationException("never called");
}
