using System.Security.Cryptography;
using Modular.Tenancy.Sms;

namespace Modular.Tenancy.Factors;

/// <summary>Codes that travel by SMS: six digits, good for as long as the question they answer, and for nothing else.</summary>
internal sealed class SmsCodes(SmsSender sender, Challenges challenges)
{
    /// <summary>Sends a new code; one that was sent before for the same question is worth nothing any more.</summary>
    /// <param name="factorId">The factor that it would prove; null while the number is about to become one.</param>
    /// <returns>Why not; null when it is on its way.</returns>
    public async Task<Fault?> SendAsync(Challenge challenge, TenantId tenant, PhoneNumber to, long? factorId, CancellationToken ct)
    {
        var code = RandomNumberGenerator.GetString("0123456789", Totp.Digits);
        await challenges.SaveAsync(challenge, challenge.State with { SmsCode = code, SmsFactorId = factorId, SmsNumber = to.Text }, ct);
        return await sender.SendAsync(tenant, to, $"{code} is your code for Modular. It is good for {Challenges.Age.TotalMinutes:0} minutes. Nobody of ours will ask you for it.", ct);
    }
}
