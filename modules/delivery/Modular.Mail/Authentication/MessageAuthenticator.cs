using Modular.Mail.Dkim;
using Modular.Mail.Dns;
using Modular.Mail.Mime;

namespace Modular.Mail.Authentication;

/// <summary>Asks SPF, DKIM and DMARC of a message that came in. Safe for use from many threads.</summary>
public sealed class MessageAuthenticator(IDnsResolver dns)
{
    private readonly SpfChecker _spf = new(dns);
    private readonly DmarcEvaluator _dmarc = new(dns);

    /// <summary>Never throws for what the message holds or the domain name system does.</summary>
    /// <param name="origin">The connection it came by.</param>
    /// <param name="message">As received, lines ended by CRLF; without fields that we put in front.</param>
    public async ValueTask<MessageAuthentication> AuthenticateAsync(SpfQuery origin, ReadOnlyMemory<byte> message, DateTimeOffset now, CancellationToken ct)
    {
        var end = message.Span.IndexOf("\r\n\r\n"u8);
        var header = end < 0 ? message : message[..(end + 2)];
        var body = end < 0 ? default : message[(end + 4)..];
        var spf = await _spf.CheckAsync(origin with { Now = now }, ct);
        var dkim = await DkimVerifier.VerifyAsync(header, body, dns, now, ct);
        // What l= leaves out could be anybody's: such a signature vouches for no message (RFC 6376 §8.2).
        var signers = dkim.Where(result => result is { Verdict: DkimVerdict.Pass, Signature.BodyBytes: null }).Select(result => result.Signature.Domain).ToList();
        var dmarc = await _dmarc.EvaluateAsync(AuthorDomain(header), spf.Verdict is SpfVerdict.Pass ? spf.Domain : null, signers, ct);
        return new MessageAuthentication(origin, spf, dkim, dmarc);
    }

    /// <summary>Empty when the header names no author or authors of several domains: then there is nobody to vouch for (RFC 9989 §5.3.1).</summary>
    private static string AuthorDomain(ReadOnlyMemory<byte> header)
    {
        var authors = MimeMessage.Parse(header).From;
        return authors.Count > 0 && authors.All(author => author.Domain.Equals(authors[0].Domain, StringComparison.OrdinalIgnoreCase)) && HasOneFrom(header.Span)
            ? authors[0].Domain
            : "";
    }

    private static bool HasOneFrom(ReadOnlySpan<byte> header)
    {
        var fields = new HeaderBlock();
        return fields.TryRead(header) && fields.LastBefore(header, "From"u8, fields.Count) is >= 0 and var last && fields.LastBefore(header, "From"u8, last) < 0;
    }
}

/// <summary>What the three said of one message.</summary>
/// <param name="Dkim">One for each signature; empty when there is none.</param>
public sealed record MessageAuthentication(SpfQuery Origin, SpfResult Spf, IReadOnlyList<DkimResult> Dkim, DmarcResult Dmarc)
{
    /// <summary>
    /// The domain of the header From is known to have sent it: DMARC passed, or the domain publishes no policy and one of the two vouches for just
    /// that domain or one it is part of.
    /// </summary>
    public bool IsAuthorKnown => Dmarc.Verdict is DmarcVerdict.Pass || (Dmarc.Verdict is DmarcVerdict.None && (Vouches(SpfDomain) || Dkim.Any(result => Vouches(Passed(result)))));

    /// <summary>The author is not known, and a question that could not be answered may be why.</summary>
    public bool IsTemporary => !IsAuthorKnown
        && (Dmarc.Verdict is DmarcVerdict.TempError || Spf.Verdict is SpfVerdict.TempError || Dkim.Any(result => result.Verdict is DkimVerdict.TempError));

    /// <summary>The same as a field for the header (RFC 8601 §2.7).</summary>
    /// <param name="authservId">Our own host name.</param>
    public AuthenticationResults ToResults(string authservId) => new(authservId,
    [
        new AuthenticationMethodResult("spf", Spf.Verdict.ToString().ToLowerInvariant(),
            [Origin.Sender.Length > 0 ? new("smtp", "mailfrom", Origin.Sender) : new("smtp", "helo", Origin.Helo)]) { Comment = Spf.Verdict is SpfVerdict.Pass ? null : Spf.Reason },
        .. Dkim.Select(result => new AuthenticationMethodResult("dkim", result.Verdict.ToString().ToLowerInvariant(),
            [new("header", "d", result.Signature.Domain), new("header", "s", result.Signature.Selector), new("header", "a", result.Signature.Algorithm),
                new("header", "b", Convert.ToBase64String(result.Signature.Value.AsSpan(0, Math.Min(6, result.Signature.Value.Length))))]) { Reason = result.Reason }),
        .. Dkim.Count is 0 ? [new AuthenticationMethodResult("dkim", "none", [])] : Array.Empty<AuthenticationMethodResult>(),
        new AuthenticationMethodResult("dmarc", Dmarc.Verdict.ToString().ToLowerInvariant(), [new("header", "from", Dmarc.AuthorDomain)])
        {
            Comment = Dmarc.Verdict is DmarcVerdict.Fail ? "p=" + Dmarc.Policy.ToString().ToLowerInvariant() : null,
        },
    ]);

    private string? SpfDomain => Spf.Verdict is SpfVerdict.Pass ? Spf.Domain : null;

    private static string? Passed(DkimResult result) => result is { Verdict: DkimVerdict.Pass, Signature.BodyBytes: null } ? result.Signature.Domain : null;

    private bool Vouches(string? domain) => domain is not null && Dmarc.AuthorDomain.Length > 0 && domain.Contains('.', StringComparison.Ordinal)
        && (Dmarc.AuthorDomain.Equals(domain, StringComparison.OrdinalIgnoreCase) || Dmarc.AuthorDomain.EndsWith('.' + domain, StringComparison.OrdinalIgnoreCase));
}
