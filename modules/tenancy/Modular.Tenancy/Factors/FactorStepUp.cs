using Microsoft.AspNetCore.Http;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Factors;

/// <summary>A fresh factor for a session that is there already. Its question is the session's own, and is asked anew when it is over.</summary>
internal sealed class FactorStepUp(Challenges challenges, FactorBook book, FactorDialogue dialogue, FactorCheck check)
{
    private const string Purpose = "step-up";

    /// <returns>Null when they have no factor: then the password is the proof.</returns>
    public async Task<FactorChoices?> ChoicesAsync(Caller caller, CancellationToken ct) => (await book.ListAsync(PersonOf(caller), ct)).Count > 0
        ? await dialogue.ChoicesAsync(PersonOf(caller), caller.OwnTenant, await challenges.FindAsync(Purpose, SessionOf(caller), ct), ct)
        : null;

    public async Task<FactorVerdict> CheckAsync(Caller caller, Account account, Origin origin, string typed, CancellationToken ct)
    {
        var verdict = await check.CheckAsync(await QuestionAsync(caller, ct), account, caller.OwnTenant, origin, typed, ct);
        if (verdict is FactorVerdict.Right(var by)) await check.RecordAsync(account, caller.OwnTenant, by, ct);
        return verdict;
    }

    public async Task<Fault?> SendCodeAsync(Caller caller, long factorId, CancellationToken ct) =>
        await dialogue.SendCodeAsync(await QuestionAsync(caller, ct), PersonOf(caller), caller.OwnTenant, factorId, ct);

    public async Task<string> AskPasskeyAsync(HttpContext context, CancellationToken ct) =>
        await dialogue.AskPasskeyAsync(context, await QuestionAsync(context.Caller, ct), PersonOf(context.Caller), ct);

    public async Task<bool> CheckPasskeyAsync(HttpContext context, Account account, string? credentialJson, CancellationToken ct) =>
        await dialogue.CheckPasskeyAsync(context, await QuestionAsync(context.Caller, ct), account, credentialJson, ct);

    private async Task<Challenge> QuestionAsync(Caller caller, CancellationToken ct)
    {
        if (await challenges.FindAsync(Purpose, SessionOf(caller), ct) is { } open && open.UserId == caller.UserId) return open;
        await challenges.OpenAsync(Purpose, SessionOf(caller), PersonOf(caller), new ChallengeState(), ct);
        return await challenges.FindAsync(Purpose, SessionOf(caller), ct) ?? throw new InvalidOperationException("A question that was just asked is gone.");
    }

    private static long PersonOf(Caller caller) => caller.UserId ?? throw new InvalidOperationException("Only a person steps up.");

    private static long SessionOf(Caller caller) => caller.SessionId ?? throw new InvalidOperationException("Only a session steps up.");
}
