using System.Text;
using System.Text.RegularExpressions;
using Modular.Delivery.Gateway;
using Modular.Delivery.Outbound;
using Modular.Mail.Mime;
using Modular.Mail.Reports;

namespace Modular.Delivery.Returns;

/// <summary>
/// Reads one returned mail. Whose mail it is about comes from what we signed: the address it was sent to, else an address or Message-ID of ours that the
/// report quotes. What a report merely claims (Final-Recipient) is never believed, so nobody can bounce somebody else.
/// </summary>
internal sealed partial class ReturnReader(SignedAddresses addresses)
{
    private const int MaxSearchedBytes = 256 * 1024;

    /// <param name="kind">One of <see cref="InboundKind"/>.</param>
    public static Finding Read(string kind, long? recipientId, ReadOnlyMemory<byte> content)
    {
        var message = MimeMessage.Parse(content);
        var source = message.From is [var from, ..] && from.Domain.Length > 0 ? from.Domain : "an unnamed server";
        var verdict = BounceClassifier.Classify(message);
        return verdict.Kind switch
        {
            ReturnedMailKind.FeedbackReport => Complaint(message, verdict, recipientId, source),
            ReturnedMailKind.Bounce when kind is InboundKind.Bounce => Bounce(verdict, recipientId, source),
            ReturnedMailKind.Delayed => Noted(Meaning.Delay, verdict, recipientId, source),
            ReturnedMailKind.AutoReply or ReturnedMailKind.Challenge => Noted(Meaning.AutoReply, verdict, recipientId, source),
            ReturnedMailKind.Delivered when kind is InboundKind.Bounce && DeliveryReportReader.Read(message) is not null => Noted(Meaning.Delivered, verdict, recipientId, source),
            // Whoever holds the signed address is the recipient, whatever the header says; a machine's answer to that address wishes nothing.
            ReturnedMailKind.Unsubscribe => Unsubscribe(recipientId, verdict.Rule),
            ReturnedMailKind.Ordinary when kind is InboundKind.Unsubscribe => Unsubscribe(recipientId, "its address"),
            _ => Noted(Meaning.Other, verdict, recipientId, source),
        };
    }

    private static Finding Unsubscribe(long? recipientId, string rule) => new(Meaning.Unsubscribe, recipientId, null, "", "unsubscribe by mail", false, rule);

    /// <summary>The first address or Message-ID of ours anywhere in the mail; null when there is none.</summary>
    public SignedAddress? FindOurs(ReadOnlyMemory<byte> content)
    {
        if (FindIn(content) is { } found) return found;
        foreach (var part in MimeMessage.Parse(content).Body.Leaves())
        {
            if (FindIn(part.DecodeBody()) is { } inside) return inside;
        }
        return null;
    }

    private SignedAddress? FindIn(ReadOnlyMemory<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes.Span[..Math.Min(bytes.Length, MaxSearchedBytes)]);
        foreach (var match in Signed().EnumerateMatches(text))
        {
            if (addresses.TryRead(text.AsSpan(match.Index, SignedAddresses.Length), out var address)) return address;
        }
        return null;
    }

    private static Finding Bounce(BounceVerdict verdict, long? recipientId, string source)
    {
        var failed = verdict.Recipients.Where(r => r.Action is not DeliveryAction.Delayed).ToList();
        var recipient = failed.FirstOrDefault(r => r.IsHard) ?? failed.FirstOrDefault();
        var words = recipient is null ? verdict.Evidence : recipient.Evidence.Length > 0 ? recipient.Evidence : verdict.Evidence;
        return new Finding(
            Meaning.Bounce, recipientId, recipient is null || recipient.Status == default ? null : recipient.Status.ToString(), FarWords.Clean(words), source,
            recipient?.IsHard is true, recipient?.Rule ?? verdict.Rule);
    }

    /// <summary>Who opts out through the provider unsubscribes; failed checks and complaints taken back say nothing of a wish.</summary>
    private static Finding Complaint(MimeMessage message, BounceVerdict verdict, long? recipientId, string source) => FeedbackReportReader.Read(message) switch
    {
        { Type: FeedbackType.OptOut } => Unsubscribe(recipientId, verdict.Rule + " " + FeedbackType.OptOut),
        { IsComplaint: true } report => new Finding(Meaning.Complaint, recipientId, null, FarWords.Clean(verdict.Evidence), "feedback loop of " + source, false, verdict.Rule + " " + report.Type),
        _ => Noted(Meaning.Other, verdict, recipientId, source),
    };

    private static Finding Noted(Meaning meaning, BounceVerdict verdict, long? recipientId, string source) =>
        new(meaning, recipientId, null, FarWords.Clean(verdict.Evidence), source, false, verdict.Rule);

    [GeneratedRegex(@"\b[bmuf][0-9a-v]{39}\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Signed();
}
