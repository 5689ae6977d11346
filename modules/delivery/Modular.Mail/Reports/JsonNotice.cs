using System.Text;
using System.Text.Json;
using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>What a sending provider says happened, in its own JSON.</summary>
internal enum NoticeEvent
{
    Bounce,
    Delay,
    Delivery,
    Complaint,
    Unsubscribe,
}

/// <param name="Words">What it says of the reason, the most telling first.</param>
internal sealed record NoticedRecipient(string Address, NoticeEvent Event, string EventWord, EnhancedStatus Status, IReadOnlyList<string> Words);

/// <summary>
/// Reads the JSON that sending providers mail or post instead of a report: Amazon SES (also inside its SNS envelope), SendGrid, Mailgun, Postmark,
/// SparkPost, Mandrill, Mailjet and those that follow them. They differ in where an event's word, address and reason stand, and agree in that all three are
/// properties at or below one object; so objects are walked, and names looked up, instead of one reader for each provider.
/// </summary>
internal static class JsonNotice
{
    private const int MostChars = 256 * 1024;
    private const int MostDepth = 20;
    private const int MostRecipients = 100;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MostDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] EventNames = ["notificationType", "eventType", "event", "RecordType", "type"];
    private static readonly string[] AddressNames = ["emailAddress", "email", "recipient", "rcpt_to", "raw_rcpt_to", "Email"];
    private static readonly string[] ListNames = ["recipients", "bouncedRecipients", "complainedRecipients", "delayedRecipients"];
    private static readonly string[] WordNames = ["diagnosticCode", "raw_reason", "reason", "diag", "Details", "message", "smtpResponse", "response", "description", "Description", "error", "bounce_description", "error_related_to", "Type", "bounceSubType", "delayType"];

    private static readonly Dictionary<string, NoticeEvent> Events = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bounce"] = NoticeEvent.Bounce,
        ["bounced"] = NoticeEvent.Bounce,
        ["failed"] = NoticeEvent.Bounce,
        ["dropped"] = NoticeEvent.Bounce,
        ["blocked"] = NoticeEvent.Bounce,
        ["hard_bounce"] = NoticeEvent.Bounce,
        ["soft_bounce"] = NoticeEvent.Bounce,
        ["reject"] = NoticeEvent.Bounce,
        ["out_of_band"] = NoticeEvent.Bounce,
        ["policy_rejection"] = NoticeEvent.Bounce,
        ["DeliveryDelay"] = NoticeEvent.Delay,
        ["deferred"] = NoticeEvent.Delay,
        ["deferral"] = NoticeEvent.Delay,
        ["delay"] = NoticeEvent.Delay,
        ["Delivery"] = NoticeEvent.Delivery,
        ["delivered"] = NoticeEvent.Delivery,
        ["Complaint"] = NoticeEvent.Complaint,
        ["complained"] = NoticeEvent.Complaint,
        ["spamreport"] = NoticeEvent.Complaint,
        ["spam"] = NoticeEvent.Complaint,
        ["SpamComplaint"] = NoticeEvent.Complaint,
        ["spam_complaint"] = NoticeEvent.Complaint,
        ["unsubscribe"] = NoticeEvent.Unsubscribe,
        ["unsubscribed"] = NoticeEvent.Unsubscribe,
        ["unsub"] = NoticeEvent.Unsubscribe,
        ["SubscriptionChange"] = NoticeEvent.Unsubscribe,
        ["list_unsubscribe"] = NoticeEvent.Unsubscribe,
    };

    /// <summary>Empty when the text holds no such JSON, or JSON about something else.</summary>
    public static IReadOnlyList<NoticedRecipient> Read(IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Length > 0 && lines[i][0] is '{' or '[')
                return Parse(string.Concat(lines.Skip(i)));
        }

        return [];
    }

    /// <summary>Lines are joined before: some break them inside a string.</summary>
    private static List<NoticedRecipient> Parse(string text)
    {
        var found = new List<NoticedRecipient>();
        if (text.Length > MostChars)
            return found;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), Options);
            using var document = JsonDocument.ParseValue(ref reader);
            Walk(document.RootElement, null, "", [], found);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)   // the second: half a surrogate pair, escaped
        {
            // Not JSON after all: the text is read as words.
        }

        return found;
    }

    private static void Walk(JsonElement element, NoticeEvent? kind, string word, IReadOnlyList<string> words, List<NoticedRecipient> found)
    {
        if (found.Count >= MostRecipients)
            return;
        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Walk(item, kind, word, words, found);
            return;
        }

        if (element.ValueKind is not JsonValueKind.Object)
            return;
        if (Text(element, EventNames) is { } said && Events.TryGetValue(said, out var own))
            (kind, word) = (own, said);
        words = [.. WordNames.Select(name => Text(element, [name])).OfType<string>().Select(Spaced), .. words];
        if (kind is { } known && Text(element, AddressNames) is { } address && address.Contains('@', StringComparison.Ordinal))
        {
            var all = element.TryGetProperty("delivery-status", out var inner) && inner.ValueKind is JsonValueKind.Object ? [.. WordNames.Select(name => Text(inner, [name])).OfType<string>(), .. words] : words;
            found.Add(new NoticedRecipient(address, known, word, Text(element, ["status"]) is { } status && EnhancedStatus.TryParse(status, out var parsed) ? parsed : default, all));
        }

        foreach (var property in element.EnumerateObject())
        {
            // SNS carries the notification as text inside its envelope.
            if (property.NameEquals("Message") && property.Value.ValueKind is JsonValueKind.String && property.Value.GetString() is ['{', ..] inside)
                found.AddRange(Parse(inside));
            else if (kind is { } of && ListNames.Contains(property.Name) && property.Value.ValueKind is JsonValueKind.Array)
                Listed(property.Value, of, word, words, found);
            else
                Walk(property.Value, kind, word, words, found);
        }
    }

    private static void Listed(JsonElement list, NoticeEvent kind, string word, IReadOnlyList<string> words, List<NoticedRecipient> found)
    {
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.String && item.GetString() is { } address && address.Contains('@', StringComparison.Ordinal) && found.Count < MostRecipients)
                found.Add(new NoticedRecipient(address, kind, word, default, words));
            else
                Walk(item, kind, word, words, found);
        }
    }

    private static string? Text(JsonElement element, ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text)
                return text;
        }

        return null;
    }

    /// <summary>MailboxFull as "Mailbox Full", so that the rules for words hold for it.</summary>
    private static string Spaced(string word)
    {
        if (word.AsSpan().ContainsAny(" ;:"))
            return word;
        var spaced = new StringBuilder(word.Length + 4);
        for (var i = 0; i < word.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(word[i]) && char.IsAsciiLetterLower(word[i - 1]))
                spaced.Append(' ');
            spaced.Append(word[i]);
        }

        return spaced.ToString();
    }
}
