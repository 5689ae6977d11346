using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Modular.Mail.Mime;

/// <summary>What a message holds, as one line of JSON: its structure, its leaves with their hashes, and its main fields.</summary>
public static partial class MimeInspection
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Sizes are octets after transfer decoding; <c>text_sha256</c> is over UTF-8 with LF ends, each line cut of trailing blanks,
    /// the whole of leading and trailing line ends; <c>date</c> is in Unix seconds; runs of blanks in the
    /// subject and in file names are one blank; a message that is one leaf has the path 0;
    /// <c>from_addresses</c> and <c>to_addresses</c> are in lower case.
    /// </summary>
    public static string ToJson(string file, MimeMessage message)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WritePropertyName("structure");
            WriteStructure(json, message.Body);
            json.WriteString("subject", Blanks().Replace(message.Subject ?? "", " ").Trim());
            json.WriteString("message_id", message.MessageId);
            json.WritePropertyName("date");
            if (message.Date is { } date)
                json.WriteNumberValue(date.ToUnixTimeSeconds());
            else
                json.WriteNullValue();
            WriteMailboxes(json, "from", message.From);
            WriteAddresses(json, "from_addresses", message.From);
            WriteMailboxes(json, "to", message.To);
            WriteAddresses(json, "to_addresses", message.To);
            WriteMailboxes(json, "cc", message.Cc);
            var leaves = Number(message.Body, "").Select(leaf => (leaf.Path, leaf.Part, Octets: leaf.Part.DecodeBody())).ToList();
            json.WriteStartArray("leaves");
            foreach (var (path, part, octets) in leaves)
                WriteLeaf(json, path, part, octets.Span);
            json.WriteEndArray();
            json.WriteStartArray("attachments");
            foreach (var (_, part, octets) in leaves.Where(leaf => leaf.Part.FileName is not null || leaf.Part.Disposition is "attachment"))
                WriteAttachment(json, part, octets.Span);
            json.WriteEndArray();
            json.WriteBoolean("truncated", message.IsTruncated);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static IEnumerable<(string Path, MimePart Part)> Number(MimePart part, string path)
    {
        IReadOnlyList<MimePart> children = part.Message is { } message ? [message.Body] : part.Parts;
        return children.Count is 0
            ? [(path.Length > 0 ? path : "0", part)]
            : children.SelectMany((child, i) => Number(child, path.Length > 0 ? $"{path}.{i + 1}" : $"{i + 1}"));
    }

    private static void WriteStructure(Utf8JsonWriter json, MimePart part)
    {
        json.WriteStartArray();
        json.WriteStringValue(part.ContentType.MediaType);
        foreach (var child in part.Message is { } message ? [message.Body] : part.Parts)
            WriteStructure(json, child);
        json.WriteEndArray();
    }

    private static void WriteMailboxes(Utf8JsonWriter json, string name, IReadOnlyList<MailboxAddress> mailboxes)
    {
        json.WriteStartArray(name);
        foreach (var mailbox in mailboxes)
        {
            json.WriteStartArray();
            json.WriteStringValue(mailbox.Name.ToString());
            json.WriteStringValue(mailbox.Address);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteAddresses(Utf8JsonWriter json, string name, IReadOnlyList<MailboxAddress> mailboxes)
    {
        json.WriteStartArray(name);
        foreach (var mailbox in mailboxes)
            json.WriteStringValue(mailbox.Address.ToLowerInvariant());
        json.WriteEndArray();
    }

    private static void WriteLeaf(Utf8JsonWriter json, string path, MimePart part, ReadOnlySpan<byte> octets)
    {
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteString("type", part.ContentType.MediaType);
        json.WriteString("filename", FileName(part));
        json.WriteString("disposition", part.Disposition);
        json.WriteString("charset", part.ContentType.Charset?.ToLowerInvariant());
        json.WriteString("content_id", part.ContentId);
        json.WriteNumber("size", octets.Length);
        json.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(octets)));
        if (part.IsText)
            json.WriteString("text_sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Plain(part.DecodeText())))));
        json.WriteEndObject();
    }

    private static void WriteAttachment(Utf8JsonWriter json, MimePart part, ReadOnlySpan<byte> octets)
    {
        json.WriteStartObject();
        json.WriteString("filename", FileName(part));
        json.WriteString("type", part.ContentType.MediaType);
        json.WriteNumber("size", octets.Length);
        json.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(octets)));
        json.WriteEndObject();
    }

    private static string? FileName(MimePart part) => part.FileName is { } name ? Blanks().Replace(name, " ").Trim() : null;

    private static string Plain(string text) =>
        BlanksBeforeLineEnd().Replace(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'), "").Trim('\n');

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Blanks();

    [GeneratedRegex("(?<![ \t])[ \t]+(?=\n|\\z)")]
    private static partial Regex BlanksBeforeLineEnd();
}
