using Modular.Kernel.Auditing;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Factors;

/// <summary>What a person does to their own factors, and the trail of it.</summary>
internal sealed class OwnFactors(FactorBook book, RecoveryCodes recovery, FactorGate gate, FactorNotices notices, Deeds deeds)
{
    public async Task<Result<AddedFactor>> AddAsync(Caller caller, string kind, string name, byte[] secret, byte[]? credentialId, long lastStep, CancellationToken ct)
    {
        var userId = PersonOf(caller);
        var added = await book.AddAsync(userId, kind, name, secret, credentialId, lastStep, ct);
        if (!added.IsOk) return added;
        gate.Forget(userId);
        await RecordAsync(caller, "factor.added", kind, ct);
        await notices.TellAsync(caller.OwnTenant, AddressOf(caller), "Added", ct);
        return added;
    }

    public async Task<IReadOnlyList<string>> RenewCodesAsync(Caller caller, CancellationToken ct)
    {
        var codes = await recovery.RenewAsync(PersonOf(caller), ct);
        await RecordAsync(caller, "recovery-codes.renewed", null, ct);
        await notices.TellAsync(caller.OwnTenant, AddressOf(caller), "Renewed", ct);
        return codes;
    }

    /// <summary>Removes one; with the last one the recovery codes go, which stand in for factors and are none.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveAsync(Caller caller, Factor factor, bool isLast, CancellationToken ct)
    {
        var userId = PersonOf(caller);
        if (isLast ? await book.ResetAsync(userId, ct) == 0 : !await book.RemoveAsync(userId, factor.FactorId, ct)) return false;
        gate.Forget(userId);
        await RecordAsync(caller, "factor.removed", factor.Kind, ct);
        await notices.TellAsync(caller.OwnTenant, AddressOf(caller), "Removed", ct);
        return true;
    }

    /// <summary>What the person signs in with, out of the actor's name.</summary>
    public static string AddressOf(Caller caller) => caller.Actor[(caller.Actor.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private Task RecordAsync(Caller caller, string action, string? detail, CancellationToken ct) =>
        deeds.RecordAsync(caller.OwnTenant, new AuditEntry(caller.Actor, action, $"user/{caller.UserId}", detail), ct);

    private static long PersonOf(Caller caller) => caller.UserId ?? throw new InvalidOperationException("Only a person has factors.");
}
