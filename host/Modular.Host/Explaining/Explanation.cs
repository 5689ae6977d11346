namespace Modular.Host.Explaining;

/// <summary>One message's life: asks every module for its part and puts the parts in order of time.</summary>
internal sealed class Explanation(IEnumerable<IExplain> parts, IEnumerable<IExplainSubjects> finders, ITenantDirectory tenants)
{
    /// <param name="text">What a person has in hand: a recipient id, a Message-ID, a return path.</param>
    /// <returns>Null when no tenant knows such a message.</returns>
    public async Task<IReadOnlyList<ExplainedStep>?> FindAsync(string text, CancellationToken ct)
    {
        foreach (var tenant in await tenants.KeptAsync(ct))
        {
            foreach (var finder in finders)
            {
                if (await finder.FindAsync(tenant, text, ct) is { } subject)
                    return await StepsAsync(subject, ct);
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<ExplainedStep>> StepsAsync(ExplainSubject subject, CancellationToken ct)
    {
        var steps = new List<ExplainedStep>();
        foreach (var part in parts)
            steps.AddRange(await part.ExplainAsync(subject, ct));
        return [.. steps.OrderBy(s => s.At)];   // stable: of one instant, as the module told it
    }
}
