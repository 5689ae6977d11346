using System.Net;

namespace Modular.Tenancy;

/// <summary>
/// Names and passwords of the programs that submit mail by SMTP. The password itself is stored nowhere: what is kept serves SCRAM-SHA-256 as it is, and checks
/// PLAIN and LOGIN by deriving the same keys once more (RFC 5802 §3, RFC 7677).
/// </summary>
public interface ISmtpCredentials
{
    /// <summary>
    /// The keys kept for a user name, in any case; null for a name that nobody has, or whose credential is revoked or expired. What was asked for proves
    /// nothing yet: the caller does the same work for null, so that nobody learns which names exist.
    /// </summary>
    /// <param name="userName">As the client sent it: untrusted, at most 255 characters.</param>
    ValueTask<SmtpCredential?> FindAsync(string userName, CancellationToken ct);

    /// <summary>Once the password is proven: may this credential submit now, from this address? Also records the use.</summary>
    /// <param name="proven">What <see cref="FindAsync"/> gave: it may have been revoked since.</param>
    /// <param name="client">Never an IPv4 address in its IPv6-mapped form.</param>
    ValueTask<SmtpAccess> AuthorizeAsync(SmtpCredential proven, IPAddress client, CancellationToken ct);
}

/// <param name="Id">The same after a rotation.</param>
/// <param name="UserName">In lower case; a rotation makes another.</param>
/// <param name="Salt">At least 16 random bytes.</param>
/// <param name="Iterations">Of PBKDF2 with HMAC-SHA-256: 4,096 or more (RFC 7677 §4). The password is random and long, so that more would cost us and not those who guess.</param>
/// <param name="StoredKey">SHA-256 of the client key, 32 bytes (RFC 5802 §3).</param>
/// <param name="ServerKey">32 bytes (RFC 5802 §3).</param>
public sealed record SmtpCredential(long Id, string UserName, ReadOnlyMemory<byte> Salt, int Iterations, ReadOnlyMemory<byte> StoredKey, ReadOnlyMemory<byte> ServerKey);

/// <summary>The answer to a proven password.</summary>
public abstract record SmtpAccess
{
    private SmtpAccess() { }

    /// <param name="Caller">The tenant and what the credential may do there; its actor names the credential, as in <c>smtp:shop</c>.</param>
    /// <param name="Domains">Sending domains it is confined to, in lower case; empty for all of the tenant's.</param>
    public sealed record Granted(Caller Caller, IReadOnlyList<string> Domains) : SmtpAccess;

    /// <param name="Reason">For the log and the audit, never for the client: <c>address not allowed</c>, <c>tenant deactivated</c>.</param>
    public sealed record Refused(string Reason) : SmtpAccess;
}
