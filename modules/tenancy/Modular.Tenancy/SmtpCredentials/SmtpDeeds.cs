using Modular.Kernel.Auditing;

namespace Modular.Tenancy.SmtpCredentials;

/// <summary>What the audit says of SMTP credentials; the same whether a page did it or a command.</summary>
internal static class SmtpDeeds
{
    public static AuditEntry Created(string actor, SmtpDraft draft) => new(actor, "smtp-credential.created", "smtp/" + draft.Name)
    {
        After = $"domains: {(draft.Domains.IsEmpty ? "all" : draft.Domains)}; networks: {(draft.Networks.IsEmpty ? "anywhere" : draft.Networks)}; expires: {(draft.ExpiresAt is { } at ? at.ToString("u", null) : "never")}",
    };

    public static AuditEntry Rotated(string actor, NewSmtpCredential made) => new(actor, "smtp-credential.rotated", "smtp/" + made.Name, $"the one before is good until {made.OldEndsAt:u}");

    public static AuditEntry Revoked(string actor, string name) => new(actor, "smtp-credential.revoked", "smtp/" + name);
}
