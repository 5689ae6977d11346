namespace Modular.Compliance.Suppressing;

/// <summary>Whether the address is on the suppression list now, and why.</summary>
internal sealed class ExplainSuppression(SuppressionList list) : IExplain
{
    public async Task<IReadOnlyList<ExplainedStep>> ExplainAsync(ExplainSubject subject, CancellationToken ct) =>
        await list.FindAsync(subject.Tenant, subject.Email, ct) is { } entry
            ? [new ExplainedStep(entry.At, "compliance", $"address suppressed: {entry.Reason.Word.Replace('_', ' ')}", entry.Source)]
            : [];
}
