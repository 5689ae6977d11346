using System.Text.Json;

namespace Modular.Kernel.Mailing;

/// <summary>
/// The suite itself has something to write to a person: an invitation, a reset, a confirmation, an alarm. Told by whoever needs it, heard by delivery,
/// which sends it. Address and text, which holds one-use links, lie sealed in the outbox.
/// </summary>
/// <param name="MailId">Random; a hearer that hears the event twice knows the mail by it.</param>
/// <param name="Kind">A constant of the teller, for logs and figures: <c>tenancy.invitation</c>.</param>
/// <param name="Sealed">The <see cref="Letter"/>, sealed under the tenant's key.</param>
public sealed record MailRequested(TenantId Tenant, long MailId, string Kind, byte[] Sealed) : IEvent
{
    private const string Purpose = "mail.requested";

    public static MailRequested For(TenantId tenant, string kind, Letter letter, ISealer sealer)
    {
        var id = Random.Shared.NextInt64(1, 1L << 53);
        return new(tenant, id, kind, sealer.Seal(tenant, Purpose, id, JsonSerializer.SerializeToUtf8Bytes(letter)));
    }

    /// <exception cref="System.Security.Cryptography.CryptographicException">The tenant's key was shredded: the mail is not to be sent any more.</exception>
    public Letter Open(ISealer sealer) => JsonSerializer.Deserialize<Letter>(sealer.Open(Tenant, Purpose, MailId, Sealed))!;   // For wrote it
}

/// <param name="To">One address.</param>
/// <param name="Text">The whole text; lines end in LF.</param>
/// <param name="Html">The same as HTML; null for a mail of text alone.</param>
public sealed record Letter(string To, string Subject, string Text, string? Html = null);
