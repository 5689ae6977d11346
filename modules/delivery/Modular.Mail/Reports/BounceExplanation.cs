using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Modular.Mail.Reports;

/// <summary>A verdict as one line of JSON, for people who ask why, and for tools that compare classifiers.</summary>
public static class BounceExplanation
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToJson(string file, BounceVerdict verdict)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("class", ClassWord(verdict.Kind));
            json.WriteStartArray("recipients");
            foreach (var recipient in verdict.Recipients)
                Write(json, recipient, verdict.Kind);
            json.WriteEndArray();
            json.WriteString("rule", verdict.Rule);
            json.WriteString("evidence", verdict.Evidence);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    internal static void Write(Utf8JsonWriter json, BouncedRecipient recipient, ReturnedMailKind kind)
    {
        var (reason, group) = kind switch
        {
            ReturnedMailKind.AutoReply => ("vacation", "vacation"),
            ReturnedMailKind.Delivered => ("delivered", "delivered"),
            ReturnedMailKind.FeedbackReport => ("feedback", "feedback"),
            ReturnedMailKind.Challenge => ("challenge", "vacation"),
            ReturnedMailKind.Unsubscribe => ("unsubscribe", "unsubscribe"),
            _ => recipient.Reason.Words(),
        };
        json.WriteStartObject();
        json.WriteString("address", recipient.Address);
        if (recipient.OriginalAddress is { } original)
            json.WriteString("original", original);
        json.WriteString("status", recipient.Status == default ? null : recipient.Status.ToString());
        json.WriteString("reply_code", recipient.ReplyCode?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("reason", reason);
        json.WriteString("coarse", group);
        json.WriteBoolean("hard", recipient.IsHard);
        json.WriteBoolean("permanent", kind is ReturnedMailKind.Bounce && recipient.Action is not DeliveryAction.Delayed);
        json.WriteString("rule", recipient.Rule);
        json.WriteString("evidence", recipient.Evidence);
        json.WriteEndObject();
    }

    private static string ClassWord(ReturnedMailKind kind) => kind switch
    {
        ReturnedMailKind.Bounce => "bounce",
        ReturnedMailKind.Delayed => "delayed",
        ReturnedMailKind.Delivered => "delivered",
        ReturnedMailKind.FeedbackReport => "arf",
        ReturnedMailKind.AutoReply => "vacation",
        ReturnedMailKind.Challenge => "challenge",
        _ => "not-bounce",
    };
}
