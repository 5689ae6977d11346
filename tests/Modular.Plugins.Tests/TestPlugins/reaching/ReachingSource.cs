using Modular.Kernel.Data;
using Modular.Plugins;

namespace TestPlugins.Reaching;

/// <summary>Wants the system's database.</summary>
public sealed class ReachingSource : IImportSource
{
    public string Name => typeof(SystemDb).Name;

    public IAsyncEnumerable<ContactRow> ReadAsync(SourceContext context, CancellationToken ct) => throw new InvalidOperationException("never called");
}
