using System.Text.Json;
using System.Text.Json.Serialization;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;
using Modular.Tenancy;

namespace Modular.Delivery.Submission;

/// <summary>Who submits: what a session keeps of its sign-in.</summary>
/// <param name="Domains">Sending domains it is confined to; empty for all of the tenant's.</param>
internal sealed record SubmissionRights(TenantId Tenant, SmtpCredential Credential, string Actor, IReadOnlyList<string> Domains);

/// <summary>A message that was taken, before it is stored.</summary>
/// <param name="From">Header From: whose domain signs it.</param>
/// <param name="Content">As it came; it belongs to the session, and is copied in the store.</param>
/// <param name="HeaderBytes">Of its header with the last line end, without the empty line.</param>
internal sealed record SubmittedMail(
    SubmissionRights Rights, ReceivedEnvelope Envelope, EmailAddress From, IReadOnlyList<(EmailAddress To, ReceivedRecipient Asked)> Recipients,
    ReadOnlyMemory<byte> Content, int HeaderBytes, bool HasDate, bool HasMessageId);

/// <summary>What is kept of the envelope, sealed.</summary>
/// <param name="IsLetter">The suite's own: sent to whom the suppression list holds too, and unsigned where no sending domain covers it.</param>
/// <param name="Return">RET, and <paramref name="EnvelopeId"/> ENVID (RFC 3461).</param>
internal sealed record SubmittedEnvelope(string Client, string Sender, string From, bool IsUtf8, DsnReturn Return, string? EnvelopeId, IReadOnlyList<SubmittedRecipient> Recipients, bool IsLetter = false)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, SubmittedJson.Default.SubmittedEnvelope);

    public static SubmittedEnvelope Parse(byte[] bytes) => JsonSerializer.Deserialize(bytes, SubmittedJson.Default.SubmittedEnvelope) ?? throw new JsonException("An envelope is not null.");
}

/// <param name="OriginalRecipient">ORCPT as it came (RFC 3461 §4.2).</param>
internal sealed record SubmittedRecipient(long RecipientId, DsnNotify Notify, string? OriginalRecipient);

[JsonSerializable(typeof(SubmittedEnvelope))]
internal sealed partial class SubmittedJson : JsonSerializerContext;
