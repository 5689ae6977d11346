using System.Net;
using Microsoft.Extensions.Options;
using Modular.Mail.Authentication;
using Modular.Mail.Dns;

namespace Modular.Delivery.Returns;

/// <summary>
/// Whether a report comes from whom it names. Our addresses and Message-IDs stand in every mail we send, so whoever has seen one can quote it; that alone
/// must not make a complaint. The author's domain has to be vouched for, by DMARC or, where it has no policy, by SPF or DKIM.
/// </summary>
internal sealed class ReporterCheck(IDnsResolver dns, IOptions<DeliverySettings> settings, TimeProvider time)
{
    private readonly MessageAuthenticator _authenticator = new(dns);

    /// <param name="envelope">As the gateway keeps it: client, greeting and envelope sender, each on a line.</param>
    public async Task<ReporterVerdict> CheckAsync(string envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        // Nothing comes from outside then, and there is no domain name system to ask.
        if (settings.Value.Mode is DeliveryMode.Capture) return new ReporterVerdict(true, false, "an address of ours is quoted in it", content);

        var lines = envelope.Split('\n');
        if (lines is not [var client, var helo, var sender] || !IPAddress.TryParse(client, out var address)) return new ReporterVerdict(false, false, "where it came from is not known", content);
        var origin = new SpfQuery(address, helo, sender.Trim('<', '>')) { Receiver = settings.Value.HostName };
        var result = await _authenticator.AuthenticateAsync(origin, content, time.GetUtcNow(), ct);
        // Only verdicts and domains: never an address.
        var words = $"spf={Word(result.Spf.Verdict)} {result.Spf.Domain}; "
            + string.Concat(result.Dkim.Select(signature => $"dkim={Word(signature.Verdict)} {signature.Signature.Domain}; "))
            + $"dmarc={Word(result.Dmarc.Verdict)} {result.Dmarc.AuthorDomain}";
        return new ReporterVerdict(result.IsAuthorKnown, result.IsTemporary, words, AuthenticationResultsStamp.Apply(content.Span, result.ToResults(settings.Value.HostName)));
    }

    private static string Word(Enum verdict) => verdict.ToString().ToLowerInvariant();
}

/// <param name="IsTemporary">A question could not be answered: ask again later.</param>
/// <param name="Words">What came out, with domains but without addresses.</param>
/// <param name="Content">The mail with our results on top (RFC 8601 §5).</param>
internal sealed record ReporterVerdict(bool IsTrusted, bool IsTemporary, string Words, ReadOnlyMemory<byte> Content);
