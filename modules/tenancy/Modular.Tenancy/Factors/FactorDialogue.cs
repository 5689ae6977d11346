using System.Text;
using Microsoft.AspNetCore.Http;
using Modular.Tenancy.Sms;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Factors;

/// <summary>What the pages that ask for a factor share: what the person can choose from, a code sent to a phone, a question to a passkey.</summary>
internal sealed class FactorDialogue(FactorBook book, SmsCodes sms, SmsSender sender, Passkeys passkeys, Challenges challenges)
{
    /// <param name="tenant">Null for an operator who is in no tenant: no SMS then, because each is counted for a tenant.</param>
    /// <param name="waiting">The question that is open; null when there is none yet.</param>
    public async Task<FactorChoices> ChoicesAsync(long userId, TenantId? tenant, Challenge? waiting, CancellationToken ct)
    {
        var factors = await book.ListAsync(userId, ct);
        var phones = tenant is not null && factors.Any(f => f.Kind == FactorKinds.Sms) && await sender.IsPossibleAsync(ct) ? factors.Where(f => f.Kind == FactorKinds.Sms).Select(f => (f.FactorId, Masked(f))).ToList() : [];
        return new FactorChoices(
            factors.Any(f => f.Kind == FactorKinds.Totp), phones, passkeys.ArePossible && factors.Any(f => f.Kind == FactorKinds.Passkey),
            PhoneNumber.TryParse(waiting?.State.SmsNumber, out var sent) ? sent.Masked : null);
    }

    /// <returns>Why not; null when a code is on its way.</returns>
    public async Task<Fault?> SendCodeAsync(Challenge challenge, long userId, TenantId? tenant, long factorId, CancellationToken ct)
    {
        if (tenant is not { } there) return new SmsNotSetUp();
        return (await book.ListAsync(userId, ct)).FirstOrDefault(f => f.FactorId == factorId && f.Kind == FactorKinds.Sms) is { } phone && PhoneNumber.TryParse(Encoding.UTF8.GetString(book.SecretOf(phone)), out var number)
            ? await sms.SendAsync(challenge, there, number, factorId, ct)
            : new NotFound("phone");
    }

    /// <returns>The question, as the browser's own function takes it.</returns>
    public async Task<string> AskPasskeyAsync(HttpContext context, Challenge challenge, long userId, CancellationToken ct)
    {
        var (options, state) = await passkeys.AskAsync(context, userId);
        await challenges.SaveAsync(challenge, challenge.State with { PasskeyState = state }, ct);
        return options;
    }

    /// <summary>Judges the answer of a passkey; the right one closes the challenge.</summary>
    public async Task<bool> CheckPasskeyAsync(HttpContext context, Challenge challenge, Account account, string? credentialJson, CancellationToken ct) =>
        challenge.State.PasskeyState is { } state && credentialJson is { Length: > 0 and < 20_000 }
        && await challenges.TryAsync(challenge, ct)
        && await passkeys.CheckAsync(context, state, credentialJson, ct) == account.UserId
        && await challenges.CloseAsync(challenge, ct);

    private string Masked(Factor phone) => PhoneNumber.TryParse(Encoding.UTF8.GetString(book.SecretOf(phone)), out var number) ? number.Masked : phone.Name;
}

/// <param name="Phones">Factors that a code can be sent to, with as much of the number as its owner needs.</param>
/// <param name="SentTo">The phone that a code is on its way to.</param>
internal sealed record FactorChoices(bool HasApp, IReadOnlyList<(long FactorId, string Masked)> Phones, bool HasPasskey, string? SentTo);
