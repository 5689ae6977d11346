namespace Modular.Kernel.Modules;

/// <summary>A module's part of one message's life, for <c>modular explain</c>.</summary>
public interface IExplain
{
    /// <returns>What this module knows, in any order; empty when it knows nothing.</returns>
    Task<IReadOnlyList<ExplainedStep>> ExplainAsync(ExplainSubject subject, CancellationToken ct);
}

/// <summary>Whose life is asked for. Delivery resolves the recipient first (<see cref="IExplainSubjects"/>), the others get what they key on.</summary>
public sealed record ExplainSubject(TenantId Tenant, long RecipientId, long CampaignId, long ContactId, EmailIndex Email);

/// <summary>Turns what a person has in hand (recipient id, Message-ID, return path) into a subject; null when this tenant has no such message.</summary>
public interface IExplainSubjects
{
    Task<ExplainSubject?> FindAsync(TenantId tenant, string text, CancellationToken ct);
}

/// <param name="What">One line: what happened.</param>
/// <param name="Detail">More, such as the far side's words; null when there is none.</param>
public sealed record ExplainedStep(DateTimeOffset At, string Module, string What, string? Detail = null);
