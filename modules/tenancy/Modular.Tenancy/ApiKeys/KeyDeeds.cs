using Modular.Kernel.Auditing;

namespace Modular.Tenancy.ApiKeys;

/// <summary>What the audit says of keys; the same whether a page did it or a command.</summary>
internal static class KeyDeeds
{
    public static AuditEntry Created(string actor, KeyDraft draft) => new(actor, "key.created", "key/" + draft.Name, string.Join(' ', draft.Permissions.Order(StringComparer.Ordinal)))
    {
        After = $"networks: {(draft.Networks.IsEmpty ? "anywhere" : draft.Networks)}; expires: {(draft.ExpiresAt is { } at ? at.ToString("u", null) : "never")}",
    };

    public static AuditEntry Rotated(string actor, NewKey made) => new(actor, "key.rotated", "key/" + made.Name, $"the secret before is good until {made.OldEndsAt:u}");

    public static AuditEntry Revoked(string actor, string name) => new(actor, "key.revoked", "key/" + name);
}
