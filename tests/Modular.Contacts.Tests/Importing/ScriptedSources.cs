using System.Runtime.CompilerServices;
using Modular.Plugins;
using Modular.Plugins.Hosting;

namespace Modular.Contacts.Tests.Importing;

/// <summary>A plugin as the importer sees one: what it says is written by the test.</summary>
internal sealed class ScriptedSources : IImportSources
{
    public Func<SourceContext, IEnumerable<ContactRow>> Script { get; set; } = _ => [];

    public int Leases { get; private set; }

    public IReadOnlyList<PluginStatus> Plugins =>
        [new("scripted", "1.0", "/", PluginState.Active, null, ["scripted"], [new("url", "Address", "", true, false), new("password", "Password", "", false, true)], [])];

    public ISourceLease? Open(string name) => name == "scripted" ? new Lease(this) : null;

    public static ContactRow Row(long line, params (string Name, string Value)[] fields) => new(line, fields.ToDictionary(f => f.Name, f => f.Value));

    private sealed class Lease : ISourceLease, IImportSource
    {
        private readonly ScriptedSources _sources;

        public Lease(ScriptedSources sources)
        {
            _sources = sources;
            sources.Leases++;
        }

        public IImportSource Source => this;

        public HttpClient Http { get; } = new();

        public string Name => "scripted";

        public async IAsyncEnumerable<ContactRow> ReadAsync(SourceContext context, [EnumeratorCancellation] CancellationToken ct)
        {
            foreach (var row in _sources.Script(context))
            {
                await Task.Yield();
                yield return row;
            }
        }

        public void Dispose()
        {
            _sources.Leases--;
            Http.Dispose();
        }
    }
}
