namespace Modular.Campaigns.Composing;

/// <summary>What is wrong in a template, and where. Found while drafting; a frozen revision has none.</summary>
/// <param name="Part">Which text: <c>subject</c>, <c>HTML</c>, <c>text</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units, as editors count.</param>
internal sealed record TemplateFault(string Part, int Line, int Column, string What)
{
    public override string ToString() => $"{Part}, line {Line}, column {Column}: {What}";
}

/// <summary>Gathers the faults of one part; more than a screenful helps nobody.</summary>
internal sealed class TemplateFaults(string part, string source)
{
    private const int Most = 20;
    private readonly List<TemplateFault> _found = [];

    public IReadOnlyList<TemplateFault> Found => _found;

    /// <param name="at">Offset in the source.</param>
    public void Add(int at, string what)
    {
        if (_found.Count >= Most) return;
        var before = source.AsSpan(0, Math.Min(at, source.Length));
        var fault = new TemplateFault(part, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), what);
        if (!_found.Contains(fault)) _found.Add(fault);
    }
}
